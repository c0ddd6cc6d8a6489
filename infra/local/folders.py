"""Temporary folders of local stacks, removed by a later one where their own was killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO

_PREFIX = "balance-alerts-"
_LOCK = "in-use"
_NEW_FOR_SECONDS = 60.0
"""A folder is locked a moment after it was made; until then it is nobody's to remove."""


class StackFolder:
    """A folder of its own. Its lock is held until `remove`, or until this process is gone."""

    def __init__(self) -> None:
        _remove_abandoned()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock: IO[bytes] = (self.path / _LOCK).open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Remove it with all that it holds. Safe to call twice."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def _remove_abandoned() -> None:
    """Remove folders of ours that nobody holds any more."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        # Another user's, or removed by another start just now.
        with contextlib.suppress(OSError):
            seen = path.parent.lstat()
            is_new = time.time() - seen.st_mtime < _NEW_FOR_SECONDS
            if is_new or seen.st_uid != os.getuid() or path.parent.is_symlink():
                continue
            with path.open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path.parent, ignore_errors=True)
