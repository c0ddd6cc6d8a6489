"""Guards of the patients' way in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from balance_alerts.access import links, sessions, sign_in
from balance_alerts.domain.sign_in import NextTry
from balance_alerts.portal import balance
from balance_alerts.store.entries import CaseRecord, cases_of
from balance_alerts.store.jobs import Jobs
from balance_alerts.store.sign_in_tries import SignInTries
from portal import routes
from tests.simulation.mutations.table import Patches, mutation


@mutation
def any_date_of_birth_signs_in() -> Patches:
    """Whoever has the link gets in."""
    yield patch.object(sign_in, "_same_date", lambda *_: True)


@mutation
def tries_are_counted_and_not_limited() -> Patches:
    """Whoever has a link may try every date."""
    yield patch.object(SignInTries, "count", lambda _, __, seen, ___: (NextTry.ALLOWED, seen))


@mutation
def links_lead_in_for_ever() -> Patches:
    """Their 45 days are not counted."""
    yield patch.object(
        sign_in,
        "works",
        lambda link, account, _: links.stands(
            account, link.channel, contact=link.contact, created_at=link.created_at
        ),
    )


@mutation
def revoked_links_lead_in() -> Patches:
    """The contact that they went to was given up."""
    yield patch.object(sign_in, "works", lambda link, _, now: now < link.ends_at)


@mutation
def sessions_last_for_ever() -> Patches:
    """Whoever finds the browser open sees the balance."""
    yield patch.object(sessions, "SESSION_LIFE", timedelta(days=365))


@mutation
def sessions_outlive_their_links() -> Patches:
    """The link was revoked."""
    yield patch.object(sessions, "stands", lambda *_, **__: True)


@mutation
def a_job_is_done_again() -> Patches:
    """What one worker ended another one goes on with."""

    def change(record: Any, *changes: Any) -> None:
        record.update(list(changes))

    yield patch.object(Jobs, "_change", staticmethod(change))


@mutation
def open_payments_are_not_shown() -> Patches:
    """A patient may think that nothing was paid, and pay again."""
    yield patch.object(balance, "_open_payment", lambda *_: None)


@mutation
def cases_are_read_once() -> Patches:
    """A payment was posted after they were read, and before the account was."""
    read: dict[tuple[str, str], list[CaseRecord]] = {}

    def read_first(*whose: str) -> list[CaseRecord]:
        read[whose[0], whose[1]] = cases_of(*whose)
        return read[whose[0], whose[1]]

    yield patch.object(routes, "cases_of", read_first)
    yield patch.object(balance, "cases_of", lambda *whose: read[whose])
