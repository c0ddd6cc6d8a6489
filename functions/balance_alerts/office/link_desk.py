"""Links to the portal: how many work, a new one from staff, and the end of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from balance_alerts.access.links import LINK_LIFE, new_link, new_token, stands
from balance_alerts.domain.account import keeps_out
from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import ChannelStatus
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.personal import Token
from balance_alerts.office.patient_file import PatientFile, open_file
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.alerts import Alert
from balance_alerts.store.audit import audit_record
from balance_alerts.store.fresh_links import fresh_links_of
from balance_alerts.store.links import Links, issued_links_of
from balance_alerts.store.sign_in_tries import locked_links_of
from balance_alerts.store.table import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksView:
    """How many links lead in, until when, and how many are locked by wrong dates of birth."""

    working: int
    expires_at: datetime | None
    locked: int


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A link for staff to hand to the patient."""

    url: Token
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkDesk:
    """Issues and revokes links."""

    accounts: Accounts
    links: Links
    public_url: str
    clock: Clock

    def issue(self, practice_id: str, patient_id: str, *, by: Who) -> IssuedLink:
        """A new link. It goes with the mobile on file, else with the email: changed, it ends.

        Raises:
            RuleError: `unknown_patient`; `links_revoked` while a hold keeps the patient out.
        """
        now = self.clock()
        file = open_file(practice_id, patient_id, now)
        if keeps_out(file.account.to_domain().holds, file.today):
            raise RuleError(
                "links_revoked", "A hold on this patient revokes links; release it first."
            )
        account = file.account
        channel = Channel.EMAIL if account.mobile is None and account.email else Channel.TEXT
        token = new_token(file.practice.code)
        link = new_link(account, channel, token=token, now=now)
        note = audit_record(
            practice_id,
            by,
            now,
            action="link_issued",
            subject=f"patient {patient_id}",
            before={},
            after={"expires_at": link.ends_at.isoformat()},
        )
        self.links.issue(link, note)
        return IssuedLink(Token(f"{self.public_url}/a/{token}"), link.ends_at)

    def revoke_all(self, practice_id: str, patient_id: str, *, by: Who) -> None:
        """End every link of a patient, and the sessions they opened.

        Raises:
            RuleError: `unknown_patient`.
        """
        now = self.clock()

        def revoke(account: AccountRecord) -> list[Record]:
            for channel in Channel:
                account.revoke_links(channel, now)
            return [
                audit_record(
                    practice_id,
                    by,
                    now,
                    action="links_revoked",
                    subject=f"patient {patient_id}",
                    before={},
                    after={},
                )
            ]

        self.accounts.change(practice_id, patient_id, revoke)


def links_view(file: PatientFile, alerts: Sequence[Alert]) -> LinksView:
    """What leads in by now: links of alerts, fresh ones, and those that staff issued."""
    ends = [
        made_at + LINK_LIFE
        for channel, made_at in _made(file, alerts)
        if _unrevoked(file.account, channel, made_at)
    ]
    ends += [
        link.ends_at
        for link in issued_links_of(file.practice_id, file.patient_id)
        if stands(
            file.account,
            Channel(link.channel),
            contact=link.contact,
            created_at=link.created_at,
        )
    ]
    working = [end for end in ends if end > file.now]
    locked = locked_links_of(file.practice_id, file.patient_id, file.now)
    return LinksView(working=len(working), expires_at=max(working, default=None), locked=locked)


def _made(file: PatientFile, alerts: Sequence[Alert]) -> Iterator[tuple[Channel, datetime]]:
    for alert in alerts:
        for channel, result in alert.channels.items():
            if result.status is not ChannelStatus.NOT_SENT:
                yield channel, alert.claimed_at
    yield from fresh_links_of(file.practice_id, file.patient_id)


def _unrevoked(account: AccountRecord, channel: Channel, made_at: datetime) -> bool:
    """Whether links were not revoked since; another contact revokes them as well."""
    revoked_at = account.links_revoked_at(channel)
    return revoked_at is None or made_at > revoked_at
