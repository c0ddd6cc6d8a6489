"""Files that staff hand in: patients, ledger entries, insurers' remittances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from balance_alerts.access.staff import StaffMember
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.csv_text import CSV, csv_text
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.imports.csv_records import LOST_LETTER
from balance_alerts.office.import_desk import ImportView, ImportWithLines, UploadView
from balance_alerts.store.imports import ImportKind
from staff.operation import StaffOperation

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring

LARGEST_FILE = 4 * 1024 * 1024
"""Of a file in a request; larger ones are uploaded."""
_LOST = LOST_LETTER.encode()
"""What is left of bytes that are not UTF-8, too: API Gateway hands a text on as a string."""

TEXT_CSV, REMITTANCE = "text/csv", "application/edi-x12"
_KINDS = ", ".join(ImportKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An import that will be read as soon as a worker is free."""

    import_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportsView:
    """The newest imports."""

    imports: list[ImportView]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class ImportsSubject:
    """The practice's imports."""

    wiring: Wiring
    operations: ClassVar[tuple[StaffOperation, ...]] = (
        StaffOperation(
            name="hand_in_file",
            method="POST",
            path="/imports",
            summary="Import a file of up to 4 MB: CSV, or an X12 835 remittance",
            least=Level.FRONT_DESK,
            query={"kind": "patients or entries, for CSV"},
            takes=(TEXT_CSV, REMITTANCE),
            answers={202: Received},
            problems=("not_utf8", "import_too_large", "unsupported_media_type", "invalid_value"),
        ),
        StaffOperation(
            name="expect_upload",
            method="POST",
            path="/imports/uploads",
            summary="Import a file of any size: where to PUT it",
            least=Level.FRONT_DESK,
            query={"kind": f"one of {_KINDS}"},
            answers={202: UploadView},
            problems=("invalid_value",),
        ),
        StaffOperation(
            name="list_imports",
            method="GET",
            path="/imports",
            summary="The newest imports",
            least=Level.FRONT_DESK,
            answers={200: ImportsView},
        ),
        StaffOperation(
            name="show_import",
            method="GET",
            path="/imports/{import_id}",
            summary="How far an import is, and each refused line; with format=csv those alone",
            least=Level.FRONT_DESK,
            query={"format": "csv, for the refused lines as CSV"},
            answers={200: (ImportWithLines, CSV)},
            problems=("unknown_import", "invalid_value"),
        ),
    )

    def hand_in_file(self, member: StaffMember, request: Request) -> Answer:
        """Take a file."""
        if len(request.content) > LARGEST_FILE:
            raise RuleError(
                "import_too_large", "Send up to 4 MB here; POST /imports/uploads takes any size."
            )
        kind = _kind_of(request)
        if not request.content.strip():
            raise RuleError("invalid_value", "The file is empty; send it as the body.")
        if kind is not ImportKind.REMITTANCE and _LOST in request.content:
            line = request.content[: request.content.index(_LOST)].count(b"\n") + 1
            raise RuleError(
                "not_utf8",
                f"Line {line} is not UTF-8, as of a file saved as Latin-1. Save it as "
                '"CSV UTF-8" and import it again. Nothing of it was taken in.',
            )
        import_id = self.wiring.import_desk.hand_in(member.practice_id, kind, request.content)
        return Answer(status=202, content=Received(import_id=import_id))

    def expect_upload(self, member: StaffMember, request: Request) -> Answer:
        """Say where to put a file."""
        asked = request.query.get("kind", "")
        if asked not in list(ImportKind):
            raise RuleError("invalid_value", f"kind must be one of {_KINDS}.")
        upload = self.wiring.import_desk.expect_upload(member.practice_id, ImportKind(asked))
        return Answer(status=202, content=upload)

    def list_imports(self, member: StaffMember, _: Request) -> Answer:
        """List them."""
        return Answer(
            content=ImportsView(imports=self.wiring.import_desk.recent(member.practice_id))
        )

    def show_import(self, member: StaffMember, request: Request) -> Answer:
        """Show one."""
        import_id, desk = request.parameters["import_id"], self.wiring.import_desk
        asked = request.query.get("format", "")
        if asked not in ("", "csv", "json"):
            raise RuleError("invalid_value", "format must be csv, or left out.")
        shown = desk.show(member.practice_id, import_id)
        wants_csv = request.headers.get("accept", "").startswith(TEXT_CSV)
        if asked == "csv" or (wants_csv and not asked):
            lines = [(each.line, each.code, each.message) for each in shown.refused]
            return Answer(content=csv_text(("line", "code", "message"), lines), kind=CSV)
        return Answer(content=shown)


def _kind_of(request: Request) -> ImportKind:
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type == REMITTANCE:
        return ImportKind.REMITTANCE
    if media_type != TEXT_CSV:
        raise RuleError("unsupported_media_type", f"Send {TEXT_CSV} or {REMITTANCE}.")
    kind = request.query.get("kind", "")
    if kind not in (ImportKind.PATIENTS, ImportKind.ENTRIES):
        raise RuleError("invalid_value", "kind must be patients or entries.")
    return ImportKind(kind)
