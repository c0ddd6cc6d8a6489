"""`make emulator`: the emulator alone, for the SAM command to deploy to, until Ctrl-C."""

from __future__ import annotations

import signal

from infra.local.emulator import REGION, Emulator
from infra.local.signals import ignore_signals, interrupt_on_signals


def settings(emulator: Emulator) -> dict[str, str]:
    """The environment in which commands of AWS work on a running emulator."""
    return {
        "AWS_ENDPOINT_URL": emulator.endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
    }


def main() -> None:
    """Run until told to stop."""
    interrupt_on_signals()
    emulator = Emulator(takes_sam=True)
    try:
        emulator.launch()
        emulator.wait_ready()
        given = " ".join(f"{name}={value}" for name, value in settings(emulator).items())
        print(f"export {given}", flush=True)
        while True:
            signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        ignore_signals()
        emulator.stop()


if __name__ == "__main__":
    main()
