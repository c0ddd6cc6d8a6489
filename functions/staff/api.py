"""The whole staff API: every subject, and who may ask for what."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from balance_alerts.access.staff import staff_member
from balance_alerts.http_api.exchange import Answer, Request
from balance_alerts.http_api.operation import Operation
from staff.console import OPERATIONS as PAGES
from staff.console import Console
from staff.operation import Route, StaffOperation
from staff.routes.attention import AttentionSubject
from staff.routes.audit import AuditSubject
from staff.routes.card_payments import CardPaymentsSubject
from staff.routes.imports import ImportsSubject
from staff.routes.patient_alerts import PatientAlertsSubject
from staff.routes.patient_ledger import PatientLedgerSubject
from staff.routes.patient_links import PatientLinksSubject
from staff.routes.patients import PatientsSubject
from staff.routes.practice import PracticeSubject
from staff.routes.questions import QuestionsSubject
from staff.routes.reports import ReportsSubject
from staff.routes.team import TeamSubject

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring

_SUBJECTS = (
    PracticeSubject,
    CardPaymentsSubject,
    AttentionSubject,
    QuestionsSubject,
    ImportsSubject,
    ReportsSubject,
    AuditSubject,
    TeamSubject,
    PatientsSubject,
    PatientAlertsSubject,
    PatientLedgerSubject,
    PatientLinksSubject,
)

GUARDED: tuple[StaffOperation, ...] = tuple(
    operation for subject in _SUBJECTS for operation in subject.operations
)
"""What is for members of staff alone."""

OPERATIONS: tuple[Operation, ...] = (*PAGES, *GUARDED)


def acts(wiring: Wiring, console: Console) -> Callable[[Operation], Callable[[Request], Answer]]:
    """What each operation does, behind the check of who asks; the console's page is for anyone."""
    built = {
        operation.name: (operation, getattr(subject, operation.name))
        for subject in (each(wiring) for each in _SUBJECTS)
        for operation in subject.operations
    }

    def act_of(operation: Operation) -> Callable[[Request], Answer]:
        if operation.name not in built:
            page: Callable[[Request], Answer] = getattr(console, operation.name)
            return page
        return _guarded(*built[operation.name])

    return act_of


def _guarded(operation: StaffOperation, route: Route) -> Callable[[Request], Answer]:
    def act(request: Request) -> Answer:
        member = staff_member(request.claims)
        member.must_reach(operation.least)
        return route(member, request)

    return act
