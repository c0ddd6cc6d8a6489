"""The subset of DynamoDB that the project uses, in memory: requests and answers as they travel.

`tests/stack/test_dynamo_subset.py` asks it and the embedded emulator the same and compares.
What the project does not use is refused, so that it cannot be used unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.simulation.dynamo.errors import Refused, invalid
from tests.simulation.dynamo.expressions import Item, Names, compares, holds, updated
from tests.simulation.dynamo.parsing import ExpressionError, Node, parsed_condition, parsed_update
from tests.simulation.dynamo.requests import (
    beyond,
    checked,
    content_of,
    hash_key_in,
    key_in,
    key_of,
    names_of,
    position,
    projected,
    returned,
    snake,
)
from tests.simulation.dynamo.storage import Index, Key, Storage

TOKEN_LASTS = timedelta(minutes=10)
_UPDATE_STATEMENT = re.compile(
    r'UPDATE "(?P<table>[^"]+)" (?P<sets>(?:SET \w+=\? ?)+)WHERE (?P<where>\w+=\?(?: AND \w+=\?)*)$'
)
FAILED = "The conditional request failed"


@dataclass
class Eventual:
    """What an eventual read sees: by default, everything at once and in one page."""

    unseen: Callable[[list[Key]], set[Key]] = lambda _: set()
    page: Callable[[int], int] = lambda found: found


@dataclass
class Subset:
    """Answers requests by a storage."""

    storage: Storage
    table_name: str
    eventual: Eventual = field(default_factory=Eventual)
    _tokens: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked.

        Raises:
            Refused: an error answer.
        """
        act = getattr(self, f"_{snake(operation)}", None)
        if act is None:
            raise invalid(f"{operation} is not in the subset")
        try:
            answer: dict[str, Any] = act(request)
        except ExpressionError as error:
            raise invalid(str(error)) from error
        return answer

    def _get_item(self, request: dict[str, Any]) -> dict[str, Any]:
        self._check_table(request)
        names = names_of(request)
        item = self._read(key_in(request["Key"]), consistent=bool(request.get("ConsistentRead")))
        return {} if item is None else {"Item": projected(item, request, names)}

    def _put_item(self, request: dict[str, Any]) -> dict[str, Any]:
        self._check_table(request)
        before = self.storage.items.get(key_of(request["Item"]))
        self._write_one(self._put(request))
        return returned(request, before, request["Item"])

    def _update_item(self, request: dict[str, Any]) -> dict[str, Any]:
        self._check_table(request)
        before = self.storage.items.get(key_in(request["Key"]))
        _, after = self._write_one(self._update(request))
        assert after is not None
        return returned(request, before, after)

    def _delete_item(self, request: dict[str, Any]) -> dict[str, Any]:
        self._check_table(request)
        before = self.storage.items.get(key_in(request["Key"]))
        self._write_one(self._delete(request))
        return returned(request, before, None)

    def _batch_get_item(self, request: dict[str, Any]) -> dict[str, Any]:
        ((table_name, wanted),) = request["RequestItems"].items()
        self._check_table({"TableName": table_name})
        keys = [key_in(each) for each in wanted["Keys"]]
        if len(keys) > 100:
            raise invalid("Too many items requested for the BatchGetItem call")
        if len(set(keys)) < len(keys):
            raise invalid("Provided list of item keys contains duplicates")
        names = names_of(wanted)
        found = [self._read(key, consistent=bool(wanted.get("ConsistentRead"))) for key in keys]
        items = [projected(item, wanted, names) for item in found if item is not None]
        return {"Responses": {table_name: items}, "UnprocessedKeys": {}}

    def _batch_write_item(self, request: dict[str, Any]) -> dict[str, Any]:
        ((table_name, wanted),) = request["RequestItems"].items()
        self._check_table({"TableName": table_name})
        if not 1 <= len(wanted) <= 25:
            raise invalid("Too many items requested for the BatchWriteItem call")
        changes: dict[Key, Item | None] = {}
        for each in wanted:
            put = each.get("PutRequest")
            item = None if put is None else put["Item"]
            key = key_in(each["DeleteRequest"]["Key"]) if item is None else key_of(item)
            if key in changes:
                raise invalid("Provided list of item keys contains duplicates")
            changes[key] = item
        for key, item in changes.items():  # not all or nothing: one after the other
            self.storage.write({key: checked(item)})
        return {"UnprocessedItems": {}}

    def _batch_execute_statement(self, request: dict[str, Any]) -> dict[str, Any]:
        statements = request["Statements"]
        if not 1 <= len(statements) <= 25:
            raise invalid("Member must have length less than or equal to 25")
        return {"Responses": [self._execute(each) for each in statements]}

    def _execute(self, statement: dict[str, Any]) -> dict[str, Any]:
        match = _UPDATE_STATEMENT.match(statement["Statement"])
        if match is None:
            raise invalid("Statement wasn't well formed, can't be processed: not in the subset")
        self._check_table({"TableName": match["table"]})
        values = iter(statement["Parameters"])
        sets = {name: next(values) for name in re.findall(r"SET (\w+)=", match["sets"])}
        where = {name: next(values) for name in re.findall(r"(\w+)=\?", match["where"])}
        item = self.storage.items.get((where["pk"]["S"], where["sk"]["S"]))
        if item is None or not all(
            name in item and compares("=", item[name], wanted) for name, wanted in where.items()
        ):
            return {"Error": {"Code": "ConditionalCheckFailed", "Message": FAILED}}
        self.storage.write({key_of(item): {**item, **sets}})
        return {"TableName": self.table_name}

    def _query(self, request: dict[str, Any]) -> dict[str, Any]:
        self._check_table(request)
        names = names_of(request)
        condition = parsed_condition(request["KeyConditionExpression"])
        index = self._index(request)
        found = self._candidates(request, condition, names, index)
        found = [item for item in found if holds(condition, item, names)]
        if request.get("ScanIndexForward") is False:
            found.reverse()
        start = request.get("ExclusiveStartKey")
        if start is not None:
            found = found[beyond(found, start, index, request.get("ScanIndexForward") is False) :]
        limit = request.get("Limit")
        size = self.eventual.page(len(found))
        page = found[: size if limit is None else min(size, limit)]
        answer = self._page(page, request, names)
        if len(page) < len(found) or (limit is not None and len(page) == limit and page):
            answer["LastEvaluatedKey"] = position(page[-1], index)
        return answer

    def _candidates(
        self, request: dict[str, Any], condition: Node, names: Names, index: Index | None
    ) -> list[Item]:
        if index is None:
            pk = hash_key_in(condition, names, "pk")
            if request.get("ConsistentRead"):
                return list(self.storage.partition(pk))
            return self._eventual_partition(pk)
        if request.get("ConsistentRead"):
            raise invalid("Consistent reads are not supported on global secondary indexes")
        wanted = hash_key_in(condition, names, index.hash_key)
        unseen = self.eventual.unseen(self.storage.lagging())
        entries = self.storage.index_entries(index, unseen)
        return [entry for entry in entries if entry[index.hash_key]["S"] == wanted]

    def _eventual_partition(self, pk: str) -> list[Item]:
        seen = {item["sk"]["S"]: item for item in self.storage.partition(pk)}
        for key in self.eventual.unseen(self.storage.lagging()):
            if key[0] == pk:
                old = self.storage.as_before(key)
                if old is None:
                    seen.pop(key[1], None)
                else:
                    seen[key[1]] = old
        return [seen[sk] for sk in sorted(seen)]

    def _page(self, page: list[Item], request: dict[str, Any], names: Names) -> dict[str, Any]:
        kept = page
        if "FilterExpression" in request:
            wanted = parsed_condition(request["FilterExpression"])
            kept = [item for item in page if holds(wanted, item, names)]
        answer: dict[str, Any] = {"Count": len(kept), "ScannedCount": len(page)}
        if request.get("Select") != "COUNT":
            answer["Items"] = [projected(item, request, names) for item in kept]
        return answer

    def _transact_write_items(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request["TransactItems"]
        if not 1 <= len(wanted) <= 100:
            raise invalid("Member must have length less than or equal to 100")
        if self._repeated(request):
            return {}
        changes: dict[Key, Item | None] = {}
        keys: set[Key] = set()
        reasons: list[dict[str, Any]] = []
        for each in wanted:
            ((kind, action),) = each.items()
            self._check_table(action)
            make = {
                "Put": self._put,
                "Update": self._update,
                "Delete": self._delete,
                "ConditionCheck": self._check,
            }[kind]
            key = key_of(action["Item"]) if kind == "Put" else key_in(action["Key"])
            if key in keys:
                raise invalid("Transaction request cannot include multiple operations on one item")
            keys.add(key)
            try:
                _, after = make(action)
            except Refused as refused:
                if refused.code != "ConditionalCheckFailedException":
                    raise
                reasons.append({"Code": "ConditionalCheckFailed", "Message": FAILED})
            else:
                reasons.append({"Code": "None"})
                if kind != "ConditionCheck":
                    changes[key] = after
        if any(reason["Code"] != "None" for reason in reasons):
            codes = ", ".join(reason["Code"] for reason in reasons)
            raise Refused(
                "TransactionCanceledException",
                "Transaction cancelled, please refer cancellation reasons for specific reasons "
                f"[{codes}]",
                CancellationReasons=reasons,
            )
        self._remember(request)
        self.storage.write(changes)
        return {}

    def _repeated(self, request: dict[str, Any]) -> bool:
        """Whether this very transaction took effect before, as its token tells."""
        token = request.get("ClientRequestToken")
        known = self._tokens.get(token or "")
        if known is None or self.storage.clock() - known[0] > TOKEN_LASTS:
            return False
        if known[1] != content_of(request):
            raise Refused("IdempotentParameterMismatchException", "Another request had this token")
        return True

    def _remember(self, request: dict[str, Any]) -> None:
        token = request.get("ClientRequestToken")
        if token:
            self._tokens[token] = (self.storage.clock(), content_of(request))

    def _put(self, action: dict[str, Any]) -> tuple[Key, Item | None]:
        key = key_of(action["Item"])
        self._check_condition(action, key)
        return key, checked(action["Item"])

    def _update(self, action: dict[str, Any]) -> tuple[Key, Item | None]:
        key = key_in(action["Key"])
        names = self._check_condition(action, key)
        before = self.storage.items.get(key) or {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
        actions = parsed_update(action.get("UpdateExpression", ""))
        touched = [names.path(each.parts[0]) for each in actions]
        if any(path[0] in ("pk", "sk") for path in touched):
            raise invalid("One or more parameter values were invalid: Cannot update attribute pk")
        if len(set(touched)) < len(touched):
            raise invalid("Invalid UpdateExpression: Two document paths overlap with each other")
        return key, checked(updated(before, actions, names))

    def _delete(self, action: dict[str, Any]) -> tuple[Key, Item | None]:
        key = key_in(action["Key"])
        self._check_condition(action, key)
        return key, None

    def _check(self, action: dict[str, Any]) -> tuple[Key, Item | None]:
        key = key_in(action["Key"])
        self._check_condition(action, key)
        return key, None

    def _check_condition(self, action: dict[str, Any], key: Key) -> Names:
        names = names_of(action)
        text = action.get("ConditionExpression")
        item = self.storage.items.get(key)
        if text is not None and not holds(parsed_condition(text), item or {}, names):
            more = {}
            if item and action.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
                more["Item"] = item
            raise Refused("ConditionalCheckFailedException", FAILED, **more)
        return names

    def _write_one(self, change: tuple[Key, Item | None]) -> tuple[Key, Item | None]:
        self.storage.write(dict([change]))
        return change

    def _read(self, key: Key, *, consistent: bool) -> Item | None:
        if not consistent and key in self.eventual.unseen(self.storage.lagging()):
            return self.storage.as_before(key)
        return self.storage.items.get(key)

    def _index(self, request: dict[str, Any]) -> Index | None:
        name = request.get("IndexName")
        if name is None:
            return None
        if name not in self.storage.indexes:
            raise invalid(f"The table does not have the specified index: {name}")
        return self.storage.indexes[name]

    def _check_table(self, request: dict[str, Any]) -> None:
        if request["TableName"] != self.table_name:
            raise Refused("ResourceNotFoundException", "Requested resource not found")
