"""One emulator process (ministack) of our own: started clean, ended without leftovers."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from infra.local.folders import StackFolder
from infra.local.guarded_emulator import TAKES_SAM

REGION = "us-east-1"
HOST = "127.0.0.1"
_READY_WITHIN_SECONDS = 40.0
_STOP_POLITELY_SECONDS = 0.4
_STOP_WITHIN_SECONDS = 5.0
_KEEP_WITHIN_SECONDS = 60.0
"""How long the emulator may take to end where it writes down what it holds."""
_GUARD = Path(__file__).with_name("guarded_emulator.py")


class EmulatorError(RuntimeError):
    """The emulator could not be started; the message holds the end of its log."""


def free_port() -> int:
    """Return a loopback port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Emulator:
    """A running emulator with a state folder of its own, removed again by `stop`.

    With `auth` every call is checked against IAM policies, as on AWS. With `takes_sam` the SAM
    command can deploy to it. With `keeps_state` it can be restarted.
    """

    def __init__(
        self, *, auth: bool = False, takes_sam: bool = False, keeps_state: bool = False
    ) -> None:
        self.auth = auth
        self.takes_sam = takes_sam
        self.keeps_state = keeps_state
        self._folder = StackFolder()
        self.directory = self._folder.path
        self.port = 0
        self._answered = False
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint_url(self) -> str:
        """Address of every AWS API of this emulator."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> str:
        """Everything the emulator has written so far."""
        path = self.directory / "emulator.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    @property
    def process_group(self) -> int | None:
        """Id of the process group the emulator and its Lambda workers form, once launched."""
        return self._process.pid if self._process else None

    def launch(self) -> None:
        """Start the process without waiting until it answers."""
        if not self._answered:  # else others know the port
            self.port = free_port()
        for name in ("state", "tmp"):
            (self.directory / name).mkdir(exist_ok=True)
        with (self.directory / "emulator.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(_GUARD)],
                cwd=self.directory,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Wait until the emulator answers; raise `EmulatorError` if it does not come up."""
        deadline = time.monotonic() + _READY_WITHIN_SECONDS
        attempts_left = 2
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                if not attempts_left:
                    break
                attempts_left -= 1  # another process took the port between choosing and binding
                self.launch()
            if self._answers():
                self._answered = True
                return
            time.sleep(0.02)
        log = self.log[-2000:]
        self.stop()
        raise EmulatorError(f"the emulator did not start:\n{log}")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(
                f"{self.endpoint_url}/_ministack/ready", timeout=1
            ) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def restart(self, *, down_seconds: float = 0.0) -> None:
        """End the emulator and all its workers, and start it at the same port with what it held.

        Whatever was answered is kept: tables, files, messages in queues, users and their tokens.
        Calls under way get no answer, and workers are killed wherever they are.

        Raises:
            EmulatorError: it could not keep everything, or did not start again.
        """
        if not self.keeps_state:
            raise EmulatorError("this emulator keeps nothing; start it with keeps_state")
        written = len(self.log)
        in_time = self._end(within_seconds=_KEEP_WITHIN_SECONDS, workers_first=True)
        said = self.log[written:]
        if not in_time or "Persistence:" in said:  # of which it warns only where that failed
            raise EmulatorError(f"the emulator did not keep everything:\n{said[-2000:]}")
        time.sleep(down_seconds)
        self.launch()
        self.wait_ready()

    def stop(self) -> None:
        """End the emulator and all its workers, and remove its folder. Safe to call twice."""
        self._end(within_seconds=_STOP_POLITELY_SECONDS)
        self._folder.remove()

    def _end(self, *, within_seconds: float, workers_first: bool = False) -> bool:
        """End the process group, by force in the end; whether the emulator ended in time."""
        process, self._process = self._process, None
        if process is None:
            return True
        process.send_signal(signal.SIGTERM)
        if workers_first:  # else it would wait for them, and they for it
            for pid in set(group_members(process.pid)) - {process.pid}:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(within_seconds)
        in_time = process.poll() is not None
        # Busy Lambda workers outlive the emulator, hence the signal to the whole group.
        _kill_group(process.pid)
        process.wait()
        _wait_for_end(process.pid)
        if process.stdin:
            process.stdin.close()
        return in_time

    @property
    def permission_journal(self) -> Path:
        """File that each permission granted is noted in, where they are checked."""
        return self.directory / "permissions"

    def _environment(self) -> dict[str, str]:
        """Environment of the emulator, which its Lambda workers inherit: nothing of ours."""
        tmp = str(self.directory / "tmp")
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": tmp,
            "TMPDIR": tmp,
            "LANG": "C.UTF-8",
            "STATE_DIR": str(self.directory / "state"),
            "S3_DATA_DIR": str(self.directory / "state" / "s3"),
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": HOST,
            "MINISTACK_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # It would tidy up containers that look like its own on a developer's Docker.
            "DOCKER_HOST": "unix:///nonexistent",
            "LOG_LEVEL": "WARNING",
            "AUTH": "true" if self.auth else "false",
            "PERMISSION_JOURNAL": str(self.permission_journal) if self.auth else "",
            **({TAKES_SAM: "1"} if self.takes_sam else {}),
            **({"PERSIST_STATE": "1", "S3_PERSIST": "1"} if self.keeps_state else {}),
        }


def group_members(group: int) -> list[int]:
    """Return the ids of a group's running processes, without dead ones yet to be collected."""
    if not Path("/proc/self/stat").exists():
        return _group_members_by_ps(group)
    members = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # pid (name) state parent group ...; the name may hold anything, so from its end on
            state, _, process_group = (
                path.read_text("utf-8", "replace").rpartition(")")[2].split()[:3]
            )
            if int(process_group) == group and state != "Z":
                members.append(int(path.parent.name))
    return members


def _group_members_by_ps(group: int) -> list[int]:
    command = ["ps", "-axo", "pid=,pgid=,stat="]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    found = (line.split() for line in lines)
    return [int(pid) for pid, pgid, state in found if int(pgid) == group and state[0] != "Z"]


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _wait_for_end(group: int) -> None:
    """Return once no process of a killed group runs any more."""
    deadline = time.monotonic() + _STOP_WITHIN_SECONDS
    while group_members(group) and time.monotonic() < deadline:
        time.sleep(0.01)
