"""CSV files of patients and of ledger entries, read line by line.

Good lines become typed rows, bad ones refusals; what is wrong with the file as a whole is an
`ImportFileError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from balance_alerts.channels.addresses import normalise_email, normalise_mobile
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.domain.money import parse_dollars
from balance_alerts.domain.patient import Consent, PatientDetails
from balance_alerts.domain.patient_match import member_key
from balance_alerts.domain.personal import MemberId
from balance_alerts.imports.cells import Cells
from balance_alerts.imports.csv_header import CsvKind, Header
from balance_alerts.imports.csv_records import Place, RawRecord, cells, read_records
from balance_alerts.imports.problems import LineError, Refusal
from balance_alerts.imports.x12_segments import ByteStream

LANGUAGES = ("en", "es")
_LONGEST_MEMBER_ID = 80
_MOST_MEMBER_IDS = 20  # each is an item of its own, and a transaction takes a hundred


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A ledger entry and whose it is."""

    patient_id: str
    entry: LedgerEntry


Row: TypeAlias = PatientDetails | EntryRow


@dataclass(frozen=True, slots=True)
class Line:
    """A line's row or its refusal, and where the next one begins."""

    number: int
    row: Row | Refusal
    after: Place


def read_rows(
    stream: ByteStream, header: Header, *, now: datetime, start: Place | None = None
) -> Iterator[Line]:
    """The lines of the file from `start`, by default from the first after the header.

    `stream` begins at that place of the file.

    Raises:
        ImportFileError: the rest of the file cannot be read.
    """
    build = _BUILDERS[header.kind]
    for record in read_records(stream, start or header.after):
        if not record.is_blank:
            yield _read(record, header.columns, build, now)


def _read(
    record: RawRecord,
    columns: Sequence[str],
    build: Callable[[Cells], Row],
    now: datetime,
) -> Line:
    row: Row | Refusal
    try:
        values = cells(record)
        if len(values) != len(columns):
            raise LineError(
                "wrong_number_of_cells",
                f"{record.named}: {len(values)} cells where the header has {len(columns)}. Part is "
                "missing, or a comma or quotation mark in a text is not inside quotation marks.",
            )
        row = build(Cells(dict(zip(columns, values, strict=True)), now))
    except LineError as error:
        row = error.at(record.line)
    return Line(record.line, row, record.after)


def _patient(line: Cells) -> PatientDetails:
    text, email_alerts = line.yes("text"), line.yes("email_alerts")
    source, at = line.text("consent_source"), line.consented_at("consent_at")
    if (text or email_alerts) and (source is None or at is None):
        raise LineError(
            "consent_missing",
            "consent_source, consent_at: alerts need the patient's consent; "
            "fill in both, or leave text and email_alerts empty.",
        )
    return PatientDetails(
        patient_id=line.needed("patient_id", line.id("patient_id")),
        first_name=line.name("first_name"),
        last_name=line.name("last_name"),
        date_of_birth=line.day("date_of_birth"),
        mobile=line.converted("mobile", normalise_mobile),
        email=line.converted("email", normalise_email),
        language=line.choice("language", LANGUAGES),
        time_zone=line.time_zone("time_zone"),
        member_ids=_member_ids(line.text("member_ids")),
        text=text,
        email_alerts=email_alerts,
        consent=Consent(source, at) if source is not None and at is not None else None,
    )


def _member_ids(raw: str | None) -> frozenset[MemberId] | None:
    ids = frozenset(filter(None, map(member_key, (raw or "").split(";"))))
    if any(len(member_id) > _LONGEST_MEMBER_ID for member_id in ids):
        raise LineError(
            "too_long",
            f"member_ids: at most {_LONGEST_MEMBER_ID} characters each, with ; between them.",
        )
    if len(ids) > _MOST_MEMBER_IDS:
        raise LineError(
            "too_many_member_ids", f"member_ids: at most {_MOST_MEMBER_IDS}, with ; between them."
        )
    return ids or None


def _entry(line: Cells) -> EntryRow:
    kind = line.needed("kind", line.choice("kind", tuple(EntryKind)))
    return EntryRow(
        patient_id=line.needed("patient_id", line.id("patient_id")),
        entry=LedgerEntry(
            entry_id=line.needed("entry_id", line.id("entry_id")),
            kind=EntryKind(kind),
            amount_cents=line.needed("amount", line.converted("amount", parse_dollars)),
            case_id=line.needed("case_id", line.id("case_id")),
            recorded_at=line.needed("recorded_at", line.instant("recorded_at")),
            case_label=line.text("case_label"),
            service_date=line.day("service_date"),
            cause=line.text("cause"),
            payer=line.text("payer"),
            method=line.text("method"),
            external_ref=line.text("external_ref"),
            reverses=line.id("reverses"),
            description=line.text("description"),
        ),
    )


_BUILDERS: dict[CsvKind, Callable[[Cells], Row]] = {
    CsvKind.PATIENTS: _patient,
    CsvKind.ENTRIES: _entry,
}
