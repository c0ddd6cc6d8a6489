"""The wire between clients and AWS: what went over it is noted, and answered again at once.

Every botocore session of the process is led through a `Wire`. It lets calls through and notes them,
or answers as was answered then, without a network, after as many seconds as one likes: so the same
work can be timed with nothing but the project, or its floor, in the way.
"""

from __future__ import annotations

import copy
import io
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import Any

import botocore
from botocore.awsrequest import AWSResponse
from botocore.response import StreamingBody

_READS = frozenset({"BatchGetItem", "GetItem", "GetObject", "HeadObject", "Query", "Scan"})
"""Answered by what is asked for; of writes it only matters that they were done."""


@dataclass(frozen=True)
class Call:
    """One call as it was made, and its answer."""

    service: str
    """As botocore names its client, such as `dynamodb`."""
    operation: str
    asked: dict[str, Any]
    """Parameters as given to the client."""
    wanted: tuple[str, bytes]
    """Path and body of the request."""
    status: int
    headers: dict[str, str]
    answer: bytes


def like(call: Call, content: Any) -> Call:
    """The same call answered with other JSON."""
    headers = {name: value for name, value in call.headers.items() if "crc32" not in name.lower()}
    return replace(call, answer=json.dumps(content).encode(), headers=headers)


class Answers:
    """What calls are answered by: reads by what they ask for, others in turn, over and over."""

    def __init__(self, calls: Iterable[Call] = ()) -> None:
        by_wanted: dict[object, list[Call]] = {}
        for call in calls:
            by_wanted.setdefault((call.operation, call.wanted), []).append(call)
            if call.operation not in _READS:
                by_wanted.setdefault(call.operation, []).append(call)
        self._following = {key: _in_turn(cycle(some)) for key, some in by_wanted.items()}

    def each(self, operation: str, answers: Iterable[Call]) -> Answers:
        """Answer the calls of one kind by these, one after the other, whatever they ask for."""
        self._following[operation] = _in_turn(iter(answers))
        return self

    def of(self, operation: str, wanted: tuple[str, bytes]) -> Call:
        """The answer to a call."""
        following = self._following.get(operation) or self._following.get((operation, wanted))
        if following is None:
            raise LookupError(f"no answer to this {operation} was noted: {wanted}")
        return following()


@dataclass
class Wire:
    """What clients of this process talk over."""

    answers: Answers | None = None
    """None where calls go to the network."""
    seconds_a_call: float = 0.0
    noted: list[Call] | None = None
    """Where calls are noted, while they are."""
    intervals: list[tuple[float, float]] = field(default_factory=list)
    """When the calls that were answered here began and ended."""
    _thread: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        """Lead every session that is made from here on over this wire."""
        botocore.register_initializer(self._join)

    @contextmanager
    def noting(self) -> Iterator[list[Call]]:
        """Note the calls made meanwhile, which go where they would go."""
        self.noted = []
        try:
            yield self.noted
        finally:
            self.noted = None

    def _join(self, session: Any) -> None:
        session.register("before-parameter-build", self._asked)
        session.register("before-send", self._send)
        session.register("after-call", self._answered)

    def _asked(self, params: Any, context: dict[str, Any], **_: Any) -> None:
        if self.noted is not None:
            context["asked"] = copy.deepcopy(params)

    def _send(self, event_name: str, request: Any, **_: Any) -> AWSResponse | None:
        operation = event_name.rpartition(".")[2]
        if self.noted is not None:
            self._thread.wanted = _wanted(request)
        if self.answers is None:
            return None
        began = time.perf_counter()
        call = self.answers.of(operation, _wanted(request))
        if self.seconds_a_call:
            time.sleep(self.seconds_a_call)
        self.intervals.append((began, time.perf_counter()))
        headers: Any = call.headers
        return AWSResponse(request.url, call.status, headers, _Body(call.answer))

    def _answered(
        self, http_response: Any, parsed: Any, model: Any, context: Any, **_: Any
    ) -> None:
        if self.noted is None:
            return
        if isinstance(parsed.get("Body"), StreamingBody):
            content = parsed["Body"].read()
            parsed["Body"] = StreamingBody(io.BytesIO(content), len(content))
        else:
            content = http_response.content
        self.noted.append(
            Call(
                service=model.service_model.service_name,
                operation=model.name,
                asked=context["asked"],
                wanted=self._thread.wanted,
                status=http_response.status_code,
                headers=dict(http_response.headers),
                answer=content,
            )
        )


def in_a_row(intervals: Iterable[tuple[float, float]]) -> int:
    """How many calls, at most, were made each after another had ended."""
    row, free_at = 0, 0.0
    for began, ended in sorted(intervals, key=lambda each: each[1]):
        if began >= free_at:
            row, free_at = row + 1, ended
    return row


def _in_turn(answers: Iterator[Call]) -> Callable[[], Call]:
    """Hand out answers one by one, whatever thread asks."""
    lock = threading.Lock()

    def following() -> Call:
        with lock:
            return next(answers)

    return following


class _Body(io.BytesIO):
    """A response's body as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _wanted(request: Any) -> tuple[str, bytes]:
    body = request.body or b""
    path = request.url.partition("://")[2].partition("/")[2]
    return path, body.encode() if isinstance(body, str) else bytes(body)
