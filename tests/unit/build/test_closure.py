"""Which modules and services a handler is found to need."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from infra.build.closure import closure

FUNCTIONS = Path(__file__).parents[3] / "functions"
WIRING = """
from functools import cached_property

class Wiring:
    @cached_property
    def scan(self):
        from app.scan import Scan
        return Scan(self.queue)

    @cached_property
    def queue(self):
        from app.queue import Queue
        return Queue(self.client("sqs"))

    @cached_property
    def mail(self):
        from app.mail import Mail
        return Mail(self.session.create_client("sesv2"))
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return tmp_path


def write(code: Path, modules: Mapping[str, str]) -> None:
    given = {"balance_alerts.wiring.__init__": WIRING, "app.__init__": "", **modules}
    for part in ("scan", "queue", "mail"):
        given.setdefault(f"app.{part}", "")
    for name, source in given.items():
        path = code.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)


def ours(code: Path, source: str, **modules: str) -> set[str]:
    """What a handler of that source is found to need of our own."""
    write(code, {"handler": source, **{f"app.{name}": text for name, text in modules.items()}})
    return set(closure("handler", code).modules) - {"handler", "app"}


def test_follows_imports_with_the_packages_they_lie_in(code: Path) -> None:
    write(code, {"handler": "from app import a", "app.a": "import app.b", "app.b": "import json"})
    found = closure("handler", code)
    assert found.modules == {"handler", "app", "app.a", "app.b"}
    assert found.foreign == {"json"}


def test_leaves_out_what_only_a_type_checker_imports(code: Path) -> None:
    source = "if TYPE_CHECKING:\n    import app.a\nelse:\n    import app.b"
    assert ours(code, source, a="", b="") == {"app.b"}


@pytest.mark.parametrize(
    ("use", "found"),
    [
        pytest.param("print(later())", {"app.a", "app.b"}, id="called"),
        pytest.param("f = [later]", {"app.a", "app.b"}, id="handed on"),
        pytest.param("print('later')", {"app.a"}, id="not named"),
    ],
)
def test_takes_what_a_function_imports_if_it_is_named(
    code: Path, use: str, found: set[str]
) -> None:
    lazy = "def later():\n    from app.b import x\n    return x"
    assert ours(code, f"import app.a\n{use}", a=lazy, b="x = 1") == found


@pytest.mark.parametrize(
    ("use", "parts", "services"),
    [
        pytest.param("wiring.scan", {"scan", "queue"}, {"sqs"}, id="part and its parts"),
        pytest.param("self.wiring.queue.put()", {"queue"}, {"sqs"}, id="of an object"),
        pytest.param("self._wiring.mail", {"mail"}, {"sesv2"}, id="private"),
        pytest.param("Wiring.from_environment().mail", {"mail"}, {"sesv2"}, id="at once"),
        pytest.param("other.mail", set(), set(), id="something else of that name"),
    ],
)
def test_takes_the_parts_that_are_read_off_the_wiring(
    code: Path, use: str, parts: set[str], services: set[str]
) -> None:
    write(code, {"handler": f"from balance_alerts.wiring import Wiring\n{use}"})
    found = closure("handler", code)
    assert {name for name in found.modules if name.startswith("app.")} == {
        f"app.{part}" for part in parts
    }
    assert found.services == services


def test_the_wiring_is_called_wiring_wherever_it_goes() -> None:
    """What is read off it by another name would not be found."""
    called = {
        name
        for path in FUNCTIONS.rglob("*.py")
        for name in _named_for_wiring(ast.parse(path.read_text("utf-8")))
    }
    assert called == {"wiring"}


def _named_for_wiring(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.arg(arg=name, annotation=ast.expr() as kind) if _is_wiring(kind):
                yield name
            case ast.AnnAssign(target=target, annotation=kind) if _is_wiring(kind):
                yield _last(target)
            case ast.Assign(targets=[target], value=value) if _is_wiring(value):
                yield _last(target)


def _is_wiring(node: ast.expr) -> bool:
    return ast.unparse(node).strip("'\"") in {"Wiring", "wiring", "self.wiring"} or (
        ast.unparse(node).startswith("Wiring.") and ast.unparse(node).endswith("()")
    )


def _last(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]
