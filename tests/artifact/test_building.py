"""Building again from the same sources gives the same, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.build import parts
from infra.build.artifact import build
from infra.build.byte_code import lambda_python
from tests.artifact.built import HANDLERS, folder

NAME = "ScanBalances"


def _content(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_compiling_again_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = parts.own_code(lambda_python())
    monkeypatch.setattr(parts, "_KEPT", tmp_path)
    again = parts.own_code(lambda_python())
    assert again != before
    assert _content(again) == _content(before)


def test_building_again_changes_nothing(tmp_path: Path) -> None:
    build(HANDLERS[NAME].rpartition(".")[0], tmp_path)
    assert _content(tmp_path) == _content(folder(NAME))
    assert len({path.stat().st_mtime for path in tmp_path.rglob("*") if path.is_file()}) == 1


def test_what_is_not_there_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        build("nowhere.handler", tmp_path)
