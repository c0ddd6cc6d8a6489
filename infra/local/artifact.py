"""The code archive of the local stack: `functions/` plus the local entry point."""

from __future__ import annotations

import importlib.util
import io
import marshal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

_WRAPPER = Path(__file__).with_name("lambda_wrapper")
_HASHED_UNCHECKED = (1).to_bytes(4, "little")


def build_archive(functions: Path) -> bytes:
    """Zip the functions with the local entry point at the top.

    Third-party libraries are left out: the emulator's workers see those of our environment. Byte
    code goes in, as no worker could keep it from one start to the next.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for root in (functions, _WRAPPER):
            for path in _files(root):
                name = path.relative_to(root)
                content = path.read_bytes()
                _add(archive, name, content)
                if path.suffix == ".py":
                    tag = sys.implementation.cache_tag
                    compiled = name.parent / "__pycache__" / f"{name.stem}.{tag}.pyc"
                    _add(archive, compiled, _byte_code(content, name))
    return buffer.getvalue()


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _add(archive: zipfile.ZipFile, name: Path, content: bytes) -> None:
    entry = zipfile.ZipInfo(name.as_posix())
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _byte_code(source: bytes, name: Path) -> bytes:
    """Compile a module to the form Python loads without looking at the source again."""
    code = compile(source, name.as_posix(), "exec", dont_inherit=True)
    source_hash = importlib.util.source_hash(source)
    return importlib.util.MAGIC_NUMBER + _HASHED_UNCHECKED + source_hash + marshal.dumps(code)
