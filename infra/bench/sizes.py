"""How large each function's artifact is."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from infra.bench.functions import functions
from infra.bench.table import Table, Value

LARGEST_ZIPPED_MB = 8.0


def measure() -> Table:
    """Zip each artifact and compare."""
    rows: list[dict[str, Value]] = [
        {
            "function": each.name,
            "zipped MB": round(_zipped(each.folder) / 1e6, 2),
            "unzipped MB": round(sum(path.stat().st_size for path in _files(each.folder)) / 1e6, 2),
            "files": len(_files(each.folder)),
        }
        for each in functions()
    ]
    missed = [
        f"{row['function']} is {row['zipped MB']} MB zipped"
        for row in rows
        if float(row["zipped MB"]) > LARGEST_ZIPPED_MB
    ]
    about = (
        "Each function ships what it imports, with byte code where a Python of Lambda's version"
        f" was at hand. Target: at most {LARGEST_ZIPPED_MB:.0f} MB zipped."
    )
    return Table("Size of what is shipped", about, rows, missed)


def _files(folder: Path) -> list[Path]:
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if not found:
        raise FileNotFoundError(f"{folder} is empty or missing: make build")
    return found


def _zipped(folder: Path) -> int:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in _files(folder):
            zipped.write(path, path.relative_to(folder))
    return len(archive.getvalue())
