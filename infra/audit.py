"""Looks for known vulnerabilities in what is shipped and in what this project is made with.

Asks PyPI's advisories by way of pip-audit, for each lock. Where none can be asked (no network, or a
mirror without advisories), nothing is known: that is said, and fails only if `AUDIT=required` is
set, as it should be where releases are made.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCKS = (
    "functions/requirements.txt",
    "requirements/dev.txt",  # the ones above and of `make run`, too
    "requirements/sam.txt",
    "requirements/security.txt",
)
ACCEPTED: dict[str, str] = {}
"""Advisories that do not concern this project, by id, with the reason."""

_NOBODY_THERE = re.compile(r"ConnectionError|SSLError|Max retries|ConnectTimeout|ReadTimeout")
"""What pip-audit says where it reaches nobody."""
_PIP_AUDIT = Path(".venv-security/bin/pip-audit")


@dataclass(frozen=True, slots=True)
class Audit:
    """Advisories of a lock that are not accepted, and of how many packages nothing is known."""

    findings: list[str]
    packages: int
    unknown: int

    @property
    def is_void(self) -> bool:
        """Whether nothing is known: nobody answered."""
        return self.unknown == self.packages


def read(report: dict[str, Any], accepted: Iterable[str] = ACCEPTED) -> Audit:
    """Read what pip-audit reports in JSON."""
    dependencies = report["dependencies"]
    return Audit(
        findings=list(_findings(dependencies, frozenset(accepted))),
        packages=len(dependencies),
        unknown=sum("skip_reason" in each for each in dependencies),
    )


def _findings(dependencies: Iterable[dict[str, Any]], accepted: frozenset[str]) -> Iterator[str]:
    for each in dependencies:
        for found in each.get("vulns", ()):
            names = {found["id"], *found.get("aliases", ())}
            if not names & accepted:
                fixed = " or ".join(found["fix_versions"]) or "no release yet"
                yield f"{each['name']} {each['version']}: {found['id']}, fixed in {fixed}"


def _ask(lock: str) -> Audit:
    command = [str(_PIP_AUDIT), "--require-hashes", "--disable-pip", "--requirement", lock]
    options = ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    asked = subprocess.run([*command, *options], capture_output=True, text=True)
    try:
        return read(json.loads(asked.stdout))
    except ValueError:
        said = asked.stderr.strip().rpartition("\n")[2]
        if _NOBODY_THERE.search(said):
            return Audit([], 0, 0)
        raise SystemExit(f"audit: {lock}: pip-audit broke: {said}") from None


def main() -> int:
    """Audit every lock; 1 where something was found, or where not all is known that has to be."""
    failed, required = False, os.environ.get("AUDIT") == "required"
    for lock in LOCKS:
        audit = _ask(lock)
        for finding in audit.findings:
            print(f"audit: {lock}: {finding}")
            failed = True
        if audit.is_void:
            print("audit: nobody could be asked for advisories, so nothing is known of any package")
            return int(failed or required)
        if audit.unknown:
            print(
                f"audit: {lock}: nothing is known of {audit.unknown} of {audit.packages} packages"
            )
            failed |= required
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
