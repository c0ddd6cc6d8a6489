"""One call of a handler that sees its artifact and the standard library, nothing else.

Run by `tests.artifact.built` with `-I -S`, so that no other package can be found. After the call it
imports every module of ours and builds every part that they name; its last line tells the outcome.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
import zoneinfo
from functools import cached_property
from pathlib import Path
from typing import Any

_READ_OFF_WIRING = re.compile(r"\b(?:wiring|Wiring\.from_environment\(\))\.(\w+)")
_READ_OFF_SELF = re.compile(r"\bself\.(\w+)")


class Context:
    """What Lambda gives beside the event."""

    function_name = memory_limit_in_mb = aws_request_id = "bare"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bare"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def main(artifact: Path, handler: str) -> None:
    sys.path.insert(0, str(artifact))
    zoneinfo.reset_tzpath(to=())  # Lambda has no time zones of its own
    module, _, name = handler.rpartition(".")
    result = call(getattr(importlib.import_module(module), name))
    own = {"balance_alerts", module.partition(".")[0]}
    sources = [path for top in own for path in sorted((artifact / top).rglob("*.py"))]
    for path in sources:
        importlib.import_module(_module(path.relative_to(artifact)))
    parts = build_parts(path.read_text("utf-8") for path in sources)
    print("\n" + json.dumps({"result": result, "parts": sorted(parts)}))


def call(handler: Any) -> Any:
    """What the handler answers to the event at standard input, or which error it raises."""
    try:
        return handler(json.load(sys.stdin), Context())
    except Exception as error:
        return {"raised": type(error).__name__}


def build_parts(sources: Any) -> set[str]:
    """Build each part of the composition root that the sources name, with its clients."""
    from balance_alerts.wiring import Wiring

    wiring = Wiring.from_environment()
    waiting = [name for source in sources for name in _READ_OFF_WIRING.findall(source)]
    built: set[str] = set()
    while waiting:
        name = waiting.pop()
        part = inspect.getattr_static(Wiring, name, None)
        if part is None or name in built:
            continue
        built.add(name)
        function = getattr(part, "func", part)
        if isinstance(part, cached_property):
            getattr(wiring, name)
        if inspect.isfunction(function):
            waiting += _READ_OFF_SELF.findall(inspect.getsource(function))
    return built


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
