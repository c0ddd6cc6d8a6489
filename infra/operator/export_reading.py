"""Everything kept of a practice, as a stream: memory does not grow with the practice."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from balance_alerts.domain.contact import Channel
from balance_alerts.store import contacts, keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.store.entries import EntryRecord
from balance_alerts.store.patient_names import NameOrder, begins, named
from balance_alerts.store.table import Record
from infra.operator.complaints import TOO_BUSY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, QueryOutputTypeDef

R = TypeVar("R", bound=Record)

READERS = 4
ACCOUNTS_AT_ONCE = 100
_TRIES = 8
_FIRST_PAUSE_SECONDS = 0.2
_READ_AGAIN = 5


@dataclass(frozen=True, slots=True)
class WholeAccount:
    """An account, the items of its collection, and the contacts on file."""

    account: AccountRecord
    items: Sequence[Record]
    contacts: Mapping[Channel, ContactRecord]

    def of(self, kind: type[R]) -> list[R]:
        """Its items of one kind, in their order."""
        return [item for item in self.items if isinstance(item, kind)]

    @property
    def adds_up(self) -> bool:
        """Whether the balance is the sum of the ledger."""
        return _adds_up(self.account, self.items)


def patients_in(practice_id: str) -> int:
    """How many patients a practice has."""
    request = _query(keys.patient_names(practice_id), begins(NameOrder.LAST, ""))
    return sum(page["Count"] for page in _pages({**request, "Select": "COUNT"}))


def accounts_in(practice_id: str, kinds: Collection[type[Record]]) -> Iterator[WholeAccount]:
    """Every account of a practice by name, with its items of these kinds; each read consistently.

    One that is written to while it is read is read again, so that its balance and ledger agree.

    Raises:
        Throttled: the table would not hand some out, however long we waited.
    """
    found = named(practice_id, NameOrder.LAST, "", after=None, some=1_000)
    wanted = (one.patient_id for one in found)
    with ThreadPoolExecutor(READERS) as pool:
        while some := list(islice(wanted, ACCOUNTS_AT_ONCE)):
            read = pool.map(lambda patient_id: _account(practice_id, patient_id, kinds), some)
            accounts = [one for one in read if one is not None]
            known = table.read(
                key for account, _ in accounts for key in _contact_keys(account).values()
            )
            for account, items in accounts:
                on_file = _contact_keys(account).items()
                its = {channel: known[key] for channel, key in on_file if key in known}
                yield WholeAccount(account, items, its)


def items_in(pk: str, kinds: Collection[type[R]], *, beginning: str = "") -> Iterator[R]:
    """The items of these kinds of a partition, in order, read consistently, a page at a time.

    Raises:
        Throttled: as above.
    """
    wanted = {Record.record.get_discriminator(kind) for kind in kinds}
    for page in _pages(_query(pk, beginning)):
        for item in page["Items"]:
            if item["record"]["S"] in wanted:
                record: Any = Record.from_raw_data(item)
                yield record


def _account(
    practice_id: str, patient_id: str, kinds: Collection[type[Record]]
) -> tuple[AccountRecord, list[Record]] | None:
    """An account and its items; None where it is gone."""
    pk, _ = keys.account(practice_id, patient_id)
    wanted: list[type[Record]] = [AccountRecord, *kinds]
    for _ in range(_READ_AGAIN):
        items = list(items_in(pk, wanted))
        account = next((item for item in items if isinstance(item, AccountRecord)), None)
        if account is None or _adds_up(account, items):
            break
    return None if account is None else (account, items)


def _adds_up(account: AccountRecord, items: Sequence[Record]) -> bool:
    entries = (item.to_domain() for item in items if isinstance(item, EntryRecord))
    return int(account.balance_cents) == sum(entry.signed_cents for entry in entries)


def _contact_keys(account: AccountRecord) -> dict[Channel, keys.Key]:
    return {
        channel: contacts.key_of(channel, practice_id=account.practice_id, contact=on_file)
        for channel in Channel
        if (on_file := account.contact(channel)) is not None
    }


def _query(pk: str, beginning: str) -> QueryInputTypeDef:
    request: QueryInputTypeDef = {
        "TableName": Record.Meta.table_name,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": pk}},
        "ConsistentRead": True,
    }
    if beginning:
        request["KeyConditionExpression"] = "pk = :pk AND begins_with(sk, :beginning)"
        request["ExpressionAttributeValues"] = {":pk": {"S": pk}, ":beginning": {"S": beginning}}
    return request


def _pages(request: QueryInputTypeDef) -> Iterator[QueryOutputTypeDef]:
    while True:
        page = _page(request)
        yield page
        if "LastEvaluatedKey" not in page:
            return
        request = {**request, "ExclusiveStartKey": page["LastEvaluatedKey"]}


def _page(request: QueryInputTypeDef) -> QueryOutputTypeDef:
    """A page, once the table has time for it: hours of reading shall not end on a busy second."""
    for attempt in range(_TRIES):
        try:
            return table.client().query(**request)
        except ClientError as error:
            if error.response["Error"].get("Code") not in TOO_BUSY:
                raise
            time.sleep(_FIRST_PAUSE_SECONDS * 2**attempt)
    raise table.Throttled
