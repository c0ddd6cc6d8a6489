"""X12 files, cut into segments.

Separators are whatever the ISA segment says; line breaks after a segment terminator are ignored.
A file is read in blocks, so that memory does not grow with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from balance_alerts.imports.problems import ImportFileError

ISA_LENGTH = 106
_ISA_ELEMENTS = 17
_BLOCK = 64 * 1024
_LONGEST_SEGMENT = 64 * 1024
_BETWEEN_SEGMENTS = b" \t\r\n\x00\x1a"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class ByteStream(Protocol):
    """What a file is read from."""

    def read(self, size: int = ..., /) -> bytes:
        """At most `size` bytes, none at the end."""
        ...


class Segment(NamedTuple):
    """One segment: its name and elements (`elements[0]` is the name, as in `CLP01` = 1)."""

    number: int
    elements: list[str]
    end_offset: int

    @property
    def name(self) -> str:
        """The segment's identifier, such as CLP."""
        return self.elements[0]

    def get(self, index: int) -> str:
        """An element, stripped; empty where it is absent."""
        return self.elements[index].strip() if index < len(self.elements) else ""


def read_segments(stream: ByteStream) -> Iterator[Segment]:
    """Every segment of every interchange in the file.

    Raises:
        ImportFileError: `not_x12`, `truncated` or `segment_too_long`.
    """
    reader = _Reader(stream)
    number = 0
    while reader.skip_between_segments():
        separators = reader.separators()
        while True:
            elements = reader.segment(separators)
            if elements is None:
                return
            number += 1
            yield Segment(number, elements, reader.offset)
            if elements[0] == "IEA":
                break


class _Separators(NamedTuple):
    element: str
    terminator: bytes


class _Reader:
    """Blocks of bytes, cut into segments."""

    def __init__(self, stream: ByteStream) -> None:
        self.offset = 0
        self._stream = stream
        self._buffer = b""
        self._at = 0

    def skip_between_segments(self) -> bool:
        """Whether anything but padding is left."""
        while True:
            rest = self._buffer[self._at :]
            if self.offset == 0:
                rest = rest.removeprefix(_BYTE_ORDER_MARK)
            rest = rest.lstrip(_BETWEEN_SEGMENTS)
            if rest:
                self._move_to(len(self._buffer) - len(rest))
                return True
            self._move_to(len(self._buffer))
            if not self._fill():
                return False

    def separators(self) -> _Separators:
        while len(self._buffer) - self._at < ISA_LENGTH and self._fill():
            pass
        header = self._buffer[self._at : self._at + ISA_LENGTH]
        if not header.startswith(b"ISA"):
            raise ImportFileError(
                "not_x12",
                "This is not an X12 file: it must begin with ISA, and so must each interchange.",
            )
        element, terminator = header[3:4], header[-1:]
        if len(header) < ISA_LENGTH:
            raise truncated("its first segment, ISA")
        if header.count(element) != _ISA_ELEMENTS - 1 or terminator.isalnum():
            raise ImportFileError(
                "not_x12",
                "The ISA segment is not 106 characters long, so its separators cannot be told; "
                "get the file again, unedited.",
            )
        return _Separators(element.decode("latin-1"), terminator)

    def segment(self, separators: _Separators) -> list[str] | None:
        """The next segment's elements, None at the end of the file."""
        while True:
            end = self._buffer.find(separators.terminator, self._at)
            if end >= 0:
                raw = self._buffer[self._at : end].lstrip(_BETWEEN_SEGMENTS)
                self._move_to(end + 1)
                if raw:
                    return _text(raw).split(separators.element)
                continue
            if len(self._buffer) - self._at > _LONGEST_SEGMENT:
                raise ImportFileError(
                    "segment_too_long",
                    "A segment is longer than 64 KB: the file is damaged; get it again.",
                )
            if not self._fill():
                if self._buffer[self._at :].strip(_BETWEEN_SEGMENTS):
                    raise truncated("a segment")
                return None

    def _move_to(self, position: int) -> None:
        self.offset += position - self._at
        self._at = position

    def _fill(self) -> bool:
        block = self._stream.read(_BLOCK)
        self._buffer = self._buffer[self._at :] + block
        self._at = 0
        return bool(block)


def _text(raw: bytes) -> str:
    """Senders mean ASCII, but names come in UTF-8 and in Latin-1."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def truncated(where: str) -> ImportFileError:
    """The error for a file that stops too early."""
    return ImportFileError(
        "truncated",
        f"The file ends in {where}: it was cut off. Get it again; nothing of it was taken in.",
    )
