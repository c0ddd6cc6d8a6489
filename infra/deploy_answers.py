"""Whether `make deploy` has to ask: prints --guided where samconfig.toml lacks an answer.

The SAM command would go ahead without one, and CloudFormation then names what is missing.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

SAMCONFIG = Path(__file__).parents[1] / "samconfig.toml"
ASKED = ("PublicUrl", "EmailSender", "SignInDomain")
"""The parameters that have no default."""


def missing(samconfig: str, environment: str) -> list[str]:
    """The parameters that have no answer for an environment yet.

    Args:
        samconfig: the text of the file, in which answers are one text or a list of them.
    """
    told = tomllib.loads(samconfig).get(environment, {})
    answers = told.get("deploy", {}).get("parameters", {}).get("parameter_overrides", "")
    text = answers if isinstance(answers, str) else " ".join(answers)
    return [name for name in ASKED if not re.search(rf"(^|\s){name}=", text)]


if __name__ == "__main__":
    if missing(SAMCONFIG.read_text("utf-8"), *sys.argv[1:]):
        print("--guided")
