"""One piece of work over one wire: as the project does it, its floors, and straightforwardly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from infra.bench.floor import replay
from infra.bench.material import Work
from infra.bench.timing import Took, in_turns, run
from infra.bench.wire import Answers, Wire, in_a_row

Step = Callable[[], object]
_TIMES = 5


@dataclass
class Contest:
    """The ways, each to be run over and over."""

    wire: Wire
    ours: Step
    floor: Step
    lean_floor: Step
    plain: Step

    @classmethod
    def of(cls, wire: Wire, work: Work, *, plain: Step, plain_answers: Answers) -> Contest:
        """A contest about noted work."""
        noted, worker = work.answers(), work.worker()

        def over(answers: Answers, run: Step) -> Step:
            def step() -> None:
                wire.answers = answers
                run()

            return step

        return cls(
            wire,
            over(noted, lambda: worker(work.event)),
            over(noted, replay(work.calls)),
            over(noted, replay(work.calls, lean=True)),
            over(plain_answers, plain),
        )

    def timed(self, *, rounds: int = 7, runs: int = 5) -> dict[str, Took]:
        """What each takes where answers come at once."""
        ways = {
            "ours": self.ours,
            "floor": self.floor,
            "lean floor": self.lean_floor,
            "plain": self.plain,
        }
        return in_turns(ways, rounds=rounds, runs=runs)

    def waited(self, seconds_a_call: float) -> tuple[float, int]:
        """Seconds that the work takes where calls do, and how many calls were made in a row."""
        self.ours()  # with it come threads
        self.wire.seconds_a_call = seconds_a_call
        try:
            took = []
            for _ in range(_TIMES):
                self.wire.intervals.clear()
                took.append(run(self.ours).wall / 1_000)
        finally:
            self.wire.seconds_a_call = 0.0
        return median(took), in_a_row(self.wire.intervals)

    def waited_plainly(self, seconds_a_call: float) -> float:
        """Seconds that the straightforward way takes, whose calls all wait for one another."""
        self.plain()
        self.wire.intervals.clear()
        return run(self.plain).wall / 1_000 + len(self.wire.intervals) * seconds_a_call
