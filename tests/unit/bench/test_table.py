"""How what benchmarks found is kept and shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.bench import __main__ as bench
from infra.bench.table import Table, markdown

ROWS = [{"function": "A", "ms": 12, "ratio": 1.234}, {"function": "B", "ms": 7, "ratio": 0.5}]
FOUND = Table("Starting", "How long.", ROWS, ["A took too long"])


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bench, "_FIGURES", tmp_path / "b.json")
    monkeypatch.setattr(bench, "_PAGE", tmp_path / "b.md")
    monkeypatch.setattr(bench, "BENCHMARKS", {"one": lambda: FOUND, "two": lambda: FOUND})
    return tmp_path


def test_shows_rows_as_a_table_with_where_they_were_measured_and_what_was_missed() -> None:
    page = markdown({"one": FOUND.to_json()})
    assert "| function | ms | ratio |\n| --- | --: | --: |\n| A | 12 | 1.23 |\n| B" in page
    assert "Python 3." in page
    assert "**Missed:** A took too long" in page


def test_keeps_what_was_not_measured_again(kept: Path) -> None:
    (kept / "b.json").write_text(json.dumps({"two": FOUND.to_json() | {"title": "Of old"}}))
    assert bench.main(["one"]) == 1
    figures = json.loads((kept / "b.json").read_text())
    assert list(figures) == ["one", "two"]
    assert figures["one"]["rows"] == ROWS
    assert figures["two"]["title"] == "Of old"
    assert "## Of old" in (kept / "b.md").read_text()


def test_refuses_what_is_no_benchmark(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["three"]) == 2
    assert "three" in capsys.readouterr().out
    assert not list(kept.iterdir())
