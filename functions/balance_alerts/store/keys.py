"""Where each item lies: the partition and sort keys of the table."""

from __future__ import annotations

from datetime import date, datetime

from balance_alerts.domain.personal import Contact, MemberId, Name
from balance_alerts.store.attributes import instant_text

Key = tuple[str, str]

ORPHANS = "ORPHAN#"
"""What the sort keys of a practice's orphan charges begin with."""


def practice(practice_id: str) -> Key:
    """A practice."""
    return f"PRACTICE#{practice_id}", "PRACTICE"


def practice_code(code: str) -> Key:
    """The six characters that begin a practice's links."""
    return f"CODE#{code}", "CODE"


def brake() -> Key:
    """The operator's brake, one for all practices."""
    return "STACK", "BRAKE"


def alerts_sent(practice_id: str, day: date) -> Key:
    """How many alerts a practice sent on one local day."""
    return f"PRACTICE#{practice_id}", f"SENT#{day.isoformat()}"


def account(practice_id: str, patient_id: str) -> Key:
    """An account; its cases, entries and alerts share its partition."""
    return f"ACCOUNT#{practice_id}#{patient_id}", "ACCOUNT"


def case(practice_id: str, patient_id: str, case_id: str) -> Key:
    """One case of an account."""
    return account(practice_id, patient_id)[0], f"CASE#{case_id}"


def entry(practice_id: str, patient_id: str, recorded_at: datetime, entry_id: str) -> Key:
    """A ledger entry, in order of recording."""
    return account(practice_id, patient_id)[0], f"ENTRY#{instant_text(recorded_at)}#{entry_id}"


def entry_id(practice_id: str, entry_id: str) -> Key:
    """What makes an entry's id unique in its practice."""
    return f"ENTRY#{practice_id}#{entry_id}", "ENTRY"


def alert(practice_id: str, patient_id: str, claimed_at: datetime, alert_id: str) -> Key:
    """The record of an alert, in order of sending."""
    return account(practice_id, patient_id)[0], f"ALERT#{instant_text(claimed_at)}#{alert_id}"


def channel_stop(channel: str) -> Key:
    """Whether a channel rests, for the whole stack."""
    return "STACK", f"STOP#{channel}"


def opt_out_place() -> Key:
    """Where the next reading of the provider's list of opt-outs goes on."""
    return "STACK", "OPT_OUT_PLACE"


def delivery_report(channel: str, reference: str) -> Key:
    """What a provider told of one message."""
    return f"REPORT#{channel}#{reference}", "REPORT"


def consent(practice_id: str, patient_id: str, channel: str, at: datetime) -> Key:
    """One consent given or withdrawn."""
    return consent_in(account(practice_id, patient_id), channel, at)


def consent_in(account: Key, channel: str, at: datetime) -> Key:
    """One consent given or withdrawn, beside its account."""
    return account[0], f"CONSENT#{channel}#{instant_text(at)}"


def mobile(number: str) -> Key:
    """A mobile number (E.164): one for the whole stack, as its opt-out is."""
    return Contact(f"CONTACT#{number}"), "CONTACT"


def email(practice_id: str, address: str) -> Key:
    """An email address: one a practice, however its letters are written."""
    return Contact(f"CONTACT#{practice_id}#{address.casefold()}"), "CONTACT"


def link(digest: str) -> Key:
    """A link, by the digest of its token."""
    return f"LINK#{digest}", "LINK"


def case_owner(practice_id: str, case_id: str, patient_id: str) -> Key:
    """Which accounts have a case of this id; a case id is unique within its account only."""
    return f"CASEID#{practice_id}#{case_id}", patient_id


def member_owner(practice_id: str, member_id: str, patient_id: str) -> Key:
    """Which accounts an insurance member id is on file for."""
    return MemberId(f"MEMBER#{practice_id}#{member_id}"), patient_id


def patient_names(practice_id: str) -> str:
    """The partition in which a practice's patients lie by their names."""
    return f"NAMES#{practice_id}"


def patient_name(practice_id: str, order: str, name: str, patient_id: str) -> Key:
    """A patient by folded name; `order` says which of the names comes first."""
    return patient_names(practice_id), Name(f"{order}#{name}#{patient_id}")


def claim_levels(practice_id: str, patient_id: str, case_id: str) -> Key:
    """What the patient owes by each claim of a case."""
    return account(practice_id, patient_id)[0], f"LEVEL#{case_id}"


def import_(practice_id: str, import_id: str) -> Key:
    """An import and how far it is."""
    return f"PRACTICE#{practice_id}", f"IMPORT#{import_id}"


def refused_line(practice_id: str, import_id: str, line: int) -> Key:
    """A line of an import that was not taken in, in the order of the file."""
    return f"IMPORT#{practice_id}#{import_id}", f"LINE#{line:09d}"


def parked(practice_id: str, item_id: str) -> Key:
    """Something that waits for staff to release or dismiss it."""
    return f"PRACTICE#{practice_id}", f"PARKED#{item_id}"


def session(digest: str) -> Key:
    """A patient's session, by the digest of what the browser holds."""
    return f"SESSION#{digest}", "SESSION"


def tries(digest: str) -> Key:
    """The tries of a date of birth on one token, whether or not it is a link."""
    return f"TRIES#{digest}", "TRIES"


def locked_link(practice_id: str, digest: str) -> Key:
    """A link that too many wrong tries locked or ended, for staff to see."""
    return f"PRACTICE#{practice_id}", f"LOCKED#{digest}"


def fresh_link(practice_id: str, patient_id: str, channel: str, day: date) -> Key:
    """The one fresh link that an account may get on a channel on a local day."""
    return account(practice_id, patient_id)[0], f"FRESHLINK#{channel}#{day.isoformat()}"


def issued_link(practice_id: str, patient_id: str, digest: str) -> Key:
    """A link that staff handed out themselves, for them to see."""
    return account(practice_id, patient_id)[0], f"ISSUEDLINK#{digest}"


def sent_now(practice_id: str, patient_id: str, digest: str) -> Key:
    """The alert that staff sent by one click, by the digest of the click's key."""
    return account(practice_id, patient_id)[0], f"SENTNOW#{digest}"


def question(practice_id: str, patient_id: str, asked_at: datetime, question_id: str) -> Key:
    """A question that a patient asked, in order of asking."""
    return account(practice_id, patient_id)[0], f"QUESTION#{instant_text(asked_at)}#{question_id}"


def attempt(practice_id: str, patient_id: str, attempt_id: str) -> Key:
    """One try to charge a card."""
    return account(practice_id, patient_id)[0], f"ATTEMPT#{attempt_id}"


def attempt_owner(practice_id: str, attempt_id: str) -> Key:
    """Whose attempt it is: the gateway tells an attempt's id only."""
    return f"ATTEMPT#{practice_id}#{attempt_id}", "ATTEMPT"


def open_attempt(practice_id: str, attempt_id: str) -> Key:
    """One of the attempts whose outcome is not known for good; those of the stack lie together."""
    return "OPENATTEMPTS", f"{practice_id}#{attempt_id}"


def owed_receipt(practice_id: str, attempt_id: str) -> Key:
    """A receipt that is to be emailed; those of the stack lie together."""
    return "OWEDRECEIPTS", f"{practice_id}#{attempt_id}"


def payment_key(practice_id: str, patient_id: str, digest: str) -> Key:
    """The attempt that one click made, by the digest of the click's key."""
    return account(practice_id, patient_id)[0], f"PAYMENTKEY#{digest}"


def posted_transaction(practice_id: str, trans_id: str) -> Key:
    """What makes a transaction of the gateway one payment in the practice's ledgers."""
    return f"TRANSACTION#{practice_id}#{trans_id}", "TRANSACTION"


def connected_practice(practice_id: str) -> Key:
    """A practice with a merchant account; those of the stack lie together."""
    return "CONNECTEDPRACTICES", practice_id


def unsettled(practice_id: str, trans_id: str) -> Key:
    """A posted charge that was not seen in a settlement yet; a practice's lie together."""
    return f"UNSETTLED#{practice_id}", trans_id


def orphan_charge(practice_id: str, trans_id: str, reason: str) -> Key:
    """One trouble of a transaction of the gateway, for staff to see."""
    return f"PRACTICE#{practice_id}", f"{ORPHANS}{trans_id}#{reason}"


def gateway_sweep(practice_id: str) -> Key:
    """How far a practice's settlements were gone through."""
    return f"PRACTICE#{practice_id}", "GATEWAYSWEEP"


def open_questions(practice_id: str) -> str:
    """The partition in which a practice's questions lie by their state."""
    return f"QUESTIONS#{practice_id}"


def listed_question(practice_id: str, state: str, asked_at: datetime, question_id: str) -> Key:
    """A question in the list of those of its state, in order of asking."""
    return open_questions(practice_id), f"{state}#{instant_text(asked_at)}#{question_id}"


def question_owner(practice_id: str, question_id: str) -> Key:
    """Whose question it is: staff tell a question's id only."""
    return f"QUESTION#{practice_id}#{question_id}", "QUESTION"


def unreachable_contact(practice_id: str, item_id: str) -> Key:
    """A contact that messages do not reach, for staff to see."""
    return f"PRACTICE#{practice_id}", f"UNREACHABLE#{item_id}"


def job(practice_id: str, job_id: str) -> Key:
    """Work that is done in the background."""
    return f"PRACTICE#{practice_id}", f"JOB#{job_id}"


def team_member(practice_id: str, staff_id: str) -> Key:
    """A staff account of a practice."""
    return f"PRACTICE#{practice_id}", f"TEAM#{staff_id}"


def audit_trail(practice_id: str | None) -> str:
    """The partition of all changes that were made at a practice; None for all practices at once."""
    return "AUDIT" if practice_id is None else f"AUDIT#{practice_id}"


def audit(practice_id: str | None, at: datetime, audit_id: str) -> Key:
    """One change, in order of time."""
    return audit_trail(practice_id), f"{instant_text(at)}#{audit_id}"
