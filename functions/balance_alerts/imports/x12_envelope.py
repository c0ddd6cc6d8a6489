"""The envelopes of an X12 file: the counts and control numbers that prove it complete."""

from __future__ import annotations

from dataclasses import dataclass

from balance_alerts.imports.problems import ImportFileError
from balance_alerts.imports.x12_segments import Segment, truncated


@dataclass(slots=True)
class Envelope:
    """Follows ISA/GS/ST .. SE/GE/IEA and checks that their counts and control numbers agree.

    Feed it every segment with `follow`, then call `close`.
    """

    interchange: Segment | None = None
    group: Segment | None = None
    transaction: Segment | None = None
    groups: int = 0
    transactions: int = 0

    def follow(self, segment: Segment) -> None:
        """Take the next segment into account.

        Raises:
            ImportFileError: `broken_envelope`, `not_835`.
        """
        match segment.name:
            case "ISA":
                self._expect(segment, self.interchange is None)
                self.interchange, self.groups = segment, 0
            case "GS":
                self._expect(segment, self.interchange is not None and self.group is None)
                self.group, self.transactions = segment, 0
            case "ST":
                self._expect(segment, self.group is not None and self.transaction is None)
                self._only_835(segment)
                self.transaction = segment
            case "SE":
                counted = segment.number - (self.transaction or segment).number + 1
                self._closes(segment, self.transaction, counted=counted, control=2)
                self.transaction, self.transactions = None, self.transactions + 1
            case "GE":
                self._expect(segment, self.transaction is None)
                self._closes(segment, self.group, counted=self.transactions, control=6)
                self.group, self.groups = None, self.groups + 1
            case "IEA":
                self._expect(segment, self.group is None)
                self._closes(segment, self.interchange, counted=self.groups, control=13)
                self.interchange = None
            case _:
                self._expect(segment, self.transaction is not None)

    def close(self) -> None:
        """The file has ended.

        Raises:
            ImportFileError: `truncated`, where something is still open.
        """
        if self.transaction is not None:
            raise truncated(f"transaction {self.transaction.get(2)[:9]}, before its SE segment")
        if self.group is not None:
            raise truncated("a group of transactions, before its GE segment")
        if self.interchange is not None:
            raise truncated("an interchange, before its IEA segment")

    @staticmethod
    def _only_835(segment: Segment) -> None:
        if segment.get(1) != "835":
            raise ImportFileError(
                "not_835",
                f"Segment {segment.number} begins a transaction that is no 835 remittance; "
                "only 835 files can be imported.",
            )

    @staticmethod
    def _expect(segment: Segment, condition: bool) -> None:
        if not condition:
            raise ImportFileError(
                "broken_envelope",
                f"Segment {segment.number} ({segment.name[:3]}) stands where it cannot: "
                "a part of the file is missing or doubled. Get the file again.",
            )

    def _closes(
        self, segment: Segment, opening: Segment | None, *, counted: int, control: int
    ) -> None:
        self._expect(segment, opening is not None)
        if segment.get(1).lstrip("0") != str(counted).lstrip("0"):
            raise ImportFileError(
                "broken_envelope",
                f"Segment {segment.number} ({segment.name}) says {segment.get(1)[:10]} were sent, "
                f"{counted} are there: a part of the file is missing. Get the file again.",
            )
        if opening is not None and segment.get(2).lstrip("0") != opening.get(control).lstrip("0"):
            raise ImportFileError(
                "broken_envelope",
                f"The control number of segment {segment.number} ({segment.name}) is not the one "
                "its opening segment gave: files were mixed up. Get the file again.",
            )
