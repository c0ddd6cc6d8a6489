"""The folder of an export is whole, for its owner only, or not there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from infra.operator.export_folder import ExportFolder
from infra.operator.stack import CommandError


def break_off(path: Path, error: type[BaseException]) -> None:
    with ExportFolder(path) as folder:
        folder.json_lines("b.jsonl").write({"x": 1})
        raise error


def fill(path: Path) -> None:
    with ExportFolder(path) as folder:
        folder.csv("a.csv", ["x"]).write({"x": "1"})
        folder.json_lines("b.jsonl").write({"x": "é"})
        names = {each.name for each in path.iterdir()}
        assert names == {"a.csv.part", "b.jsonl.part"}, "nothing looks whole while it is written"
        folder.json("export.json", folder.rows)


@pytest.mark.parametrize("there", [True, False])
def test_files_get_their_names_once_all_are_written(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "one" / "two"
    if there:
        path.mkdir(parents=True, mode=0o755)
    before = os.umask(0)
    try:
        fill(path)
    finally:
        os.umask(before)
    assert {each.name for each in path.iterdir()} == {"a.csv", "b.jsonl", "export.json"}
    assert json.loads((path / "export.json").read_text()) == {"a.csv": 1, "b.jsonl": 1}
    assert (path / "b.jsonl").read_text("utf-8") == '{"x": "é"}\n'
    assert path.stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in path.iterdir()} == {0o600}


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_what_breaks_off_leaves_no_personal_data(
    tmp_path: Path, error: type[BaseException]
) -> None:
    (there := tmp_path / "there").mkdir()
    for path in (there, tmp_path / "new"):
        with pytest.raises(error):
            break_off(path, error)
    assert list(tmp_path.iterdir()) == [there], "what was not there is gone again"
    assert list(there.iterdir()) == []


def test_a_rename_that_fails_takes_the_renamed_files_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def fail_last(self: Path, target: Path) -> Path:
        if target.name == "export.json":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_last)
    with pytest.raises(OSError, match="No space"):
        fill(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("mine")
    with pytest.raises(CommandError, match="is not empty"):
        fill(tmp_path)
    with pytest.raises(CommandError, match="is no folder"):
        fill(tmp_path / ".hidden")
    assert (tmp_path / ".hidden").read_text() == "mine"
