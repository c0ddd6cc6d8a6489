"""`make run`: the local stack with the sample practice, until Ctrl-C.

PORT (default 8080) is where it answers; SAMPLE=none starts it empty; HANG_SECONDS (default 3) is
how long the gateway does not answer where it hangs.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from balance_alerts.domain.calendar import weekday_of, zone
from infra.local.loopback import PortInUseError
from infra.local.running import HANG_SECONDS
from infra.local.server import LocalServer
from infra.local.signals import ignore_signals, interrupt_on_signals
from infra.local.stack import LocalStack
from infra.local.staff import PASSWORD

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from balance_alerts.domain.practice import Practice

_SAMPLES = {"harbor_point": True, "none": False}
_AFTER_OPENING = timedelta(minutes=5)


def main() -> int:
    """Run until told to stop, and return the exit status."""
    port_text = os.environ.get("PORT") or "8080"
    sample_text = os.environ.get("SAMPLE") or "harbor_point"
    if not port_text.isdigit() or not 1 <= int(port_text) <= 65535:
        return _refuse(f"PORT={port_text} is no port; give a number from 1 to 65535.")
    if sample_text not in _SAMPLES:
        return _refuse(f"SAMPLE={sample_text} is unknown; use SAMPLE=none, or leave it out.")
    hang_text = os.environ.get("HANG_SECONDS") or f"{HANG_SECONDS:.0f}"
    if not hang_text.isdigit() or not 1 <= int(hang_text) <= 600:
        return _refuse(f"HANG_SECONDS={hang_text} is no time; give seconds from 1 to 600.")
    port = int(port_text)
    try:
        server = LocalServer(port=port)
    except PortInUseError:
        return _refuse(f"Port {port} is in use; choose another one, such as PORT={port + 1}.")
    except PermissionError:
        return _refuse(f"Port {port} may not be used by you; choose one above 1023.")
    interrupt_on_signals()
    stack = LocalStack(public_url=server.url, hang_seconds=int(hang_text))
    try:
        _serve(server, stack, with_sample=_SAMPLES[sample_text])
    except KeyboardInterrupt:
        print("stopping", flush=True)
    finally:
        ignore_signals()
        server.stop()
        stack.stop()
    return 0


def _serve(server: LocalServer, stack: LocalStack, *, with_sample: bool) -> NoReturn:
    """Start everything, tell where it is, and wait for a signal."""
    began = time.monotonic()
    stack.start()
    server.serve_stack(stack)
    if with_sample:
        _load_sample(stack)
    print(f"console  {server.url}/local/")
    for _, level, name, email in stack.sample_staff:
        print(f"staff    {email} ({name}, {level.replace('_', ' ')})")
    if stack.sample_staff:
        print(f"         sign in at {server.url}/console/ with the password {PASSWORD}")
    print(f"AWS APIs {stack.endpoint_url} (region {stack.description()['region']})")
    print(f"started in {time.monotonic() - began:.1f} s; Ctrl-C stops it")
    print(f"ready: {server.url}", flush=True)
    while True:
        signal.pause()


def _load_sample(stack: LocalStack) -> None:
    """Load the sample practice and run the schedule once, at a time when alerts go out."""
    from infra.local import sample

    stack.warm_up()
    practice_id = sample.load(stack)
    stack.sample_staff = stack.staff.add_sample(practice_id)
    practice = stack.wiring.practices.get(practice_id)
    opening = next_opening(practice, stack.now())
    if opening > stack.now():
        stack.clock.set(opening)
        local = opening.astimezone(_zone(practice))
        print(f"outside the sample practice's send window: the clock was set to {local:%A %H:%M}")
    counts = stack.scan()
    print(
        f"sample practice {practice_id}: {counts.queued} due, {counts.sent} alerted,"
        f" {counts.failed} failed, {counts.skipped} skipped"
    )


def next_opening(practice: Practice, now: datetime) -> datetime:
    """Return `now` if the practice's send window is open, else a while after it opens next."""
    settings = practice.alerts
    local = now.astimezone(_zone(practice))
    for days in range(8):
        day = local.date() + timedelta(days=days)
        if weekday_of(day) not in settings.send_days:
            continue
        if days == 0 and settings.send_window.contains(local.time()):
            return now
        opening = datetime.combine(day, settings.send_window.opens, local.tzinfo)
        if opening > local:
            return opening + _AFTER_OPENING
    return now


def _zone(practice: Practice) -> ZoneInfo:
    return zone(practice.time_zone)


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Else the interpreter would first wait for threads whose requests nobody answers any more.
    os._exit(status)
