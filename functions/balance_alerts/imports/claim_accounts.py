"""Whose claim it is. Where that is not certain nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable

from balance_alerts.domain.insurance_claim import InsuranceClaim
from balance_alerts.domain.patient_match import member_key, same_name
from balance_alerts.imports.problems import LineError
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.patient_finder import owners_of_case, owners_of_member_id


class ClaimAccounts:
    """Finds the accounts of some claims of one practice."""

    def __init__(self, practice_id: str, claims: Iterable[InsuranceClaim]) -> None:
        self._practice_id = practice_id
        found = self._read(claim.case_id for claim in claims)
        self._by_id = {account.patient_id: account for account in found}

    def find(self, claim: InsuranceClaim) -> AccountRecord:
        """The account of a claim.

        Its CLP01 is a patient's id, or a case of exactly one account; or the member id is on file
        for exactly one patient of this first and last name.

        Raises:
            LineError: `no_account`.
        """
        account = self._by_id.get(claim.case_id)
        if account is not None:
            return account
        owners = self._read(owners_of_case(self._practice_id, claim.case_id))
        if len(owners) != 1:
            owners = self._by_member_id(claim)
        if len(owners) != 1:
            raise LineError(
                "no_account",
                "No single patient matches: CLP01 is neither a patient's id nor a case of one "
                "account, and the member id with first and last name is not on file for one "
                "patient. Import the patient with this member id, then this file again.",
            )
        return owners[0]

    def _by_member_id(self, claim: InsuranceClaim) -> list[AccountRecord]:
        member_id = member_key(claim.member_id)
        if not member_id:
            return []
        return [
            account
            for account in self._read(owners_of_member_id(self._practice_id, member_id))
            if same_name(account.first_name, claim.first_name)
            and same_name(account.last_name, claim.last_name)
        ]

    def _read(self, patient_ids: Iterable[str]) -> list[AccountRecord]:
        found = table.read(keys.account(self._practice_id, id_) for id_ in patient_ids)
        return list(found.values())
