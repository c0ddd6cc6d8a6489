"""Finding an account by what a payer knows: its case, or the patient's member id and name."""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute

from balance_alerts.store import keys
from balance_alerts.store.table import Record


class CaseOwnerRecord(Record, discriminator="case_owner"):
    """An account that has a case of this id."""

    patient_id = UnicodeAttribute()


class MemberOwnerRecord(Record, discriminator="member_owner"):
    """An account that this member id is on file for."""

    patient_id = UnicodeAttribute()


def case_owner(practice_id: str, case_id: str, patient_id: str) -> CaseOwnerRecord:
    """What makes an account findable by one of its cases."""
    return CaseOwnerRecord(
        *keys.case_owner(practice_id, case_id, patient_id), patient_id=patient_id
    )


def member_owner(practice_id: str, member_id: str, patient_id: str) -> MemberOwnerRecord:
    """What makes an account findable by one of the patient's member ids."""
    return MemberOwnerRecord(
        *keys.member_owner(practice_id, member_id, patient_id), patient_id=patient_id
    )


def owners_of_case(practice_id: str, case_id: str) -> list[str]:
    """The patients who have a case of this id, read consistently."""
    pk, _ = keys.case_owner(practice_id, case_id, "")
    return [found.patient_id for found in CaseOwnerRecord.query(pk, consistent_read=True)]


def owners_of_member_id(practice_id: str, member_id: str) -> list[str]:
    """The patients this member id is on file for, read consistently."""
    pk, _ = keys.member_owner(practice_id, member_id, "")
    return [found.patient_id for found in MemberOwnerRecord.query(pk, consistent_read=True)]
