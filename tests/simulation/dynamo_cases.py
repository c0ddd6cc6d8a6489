"""What is asked of the table in memory and of the emulator alike: cases of some requests each."""

from __future__ import annotations

from typing import Any

Request = tuple[str, dict[str, Any]]

A = {"pk": {"S": "a"}, "sk": {"S": "1"}}
TABLE = {"TableName": "table"}
RICH = {
    **A,
    "n": {"N": "5"},
    "s": {"S": "words"},
    "b": {"BOOL": True},
    "tags": {"SS": ["x", "y"]},
    "things": {"L": [{"S": "x"}]},
    "doc": {"M": {"deep": {"S": "deep"}}},
}


def put(item: dict[str, Any], **more: Any) -> Request:
    return "PutItem", {**TABLE, "Item": item, **more}


def get(key: dict[str, Any] = A, **more: Any) -> Request:
    return "GetItem", {**TABLE, "Key": key, "ConsistentRead": True, **more}


def update(expression: str, key: dict[str, Any] = A, **more: Any) -> Request:
    return "UpdateItem", {**TABLE, "Key": key, "UpdateExpression": expression, **more}


def query(condition: str, **more: Any) -> Request:
    return "Query", {**TABLE, "KeyConditionExpression": condition, "ConsistentRead": True, **more}


def transaction(*actions: dict[str, Any], **more: Any) -> Request:
    return "TransactWriteItems", {"TransactItems": list(actions), **more}


def row(pk: str, sk: str, **more: Any) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}, **more}


def values(**given: Any) -> dict[str, Any]:
    """Values by name; text, numbers and lists of texts as sets."""
    kinds = {str: "S", int: "N", list: "SS", bool: "BOOL"}
    told = {
        f":{name}": {kinds[type(value)]: str(value) if type(value) is int else value}
        for name, value in given.items()
    }
    return {"ExpressionAttributeValues": told}


def _conditions() -> dict[str, list[Request]]:
    asked: dict[str, dict[str, Any]] = {
        "attribute_not_exists(pk)": {},
        "attribute_exists(pk) AND attribute_not_exists(gone)": {},
        "n = :v": values(v=5),
        "n <> :v": values(v=5),
        "gone <> :v": values(v=5),
        "gone = :v": values(v=5),
        "gone < :v": values(v=5),
        "NOT gone = :v": values(v=5),
        "n < :v": values(v=10),
        "n >= :v OR s = :w": values(v=6, w="words"),
        "(n = :v OR n = :w) AND b = :x": values(v=5, w=6, x=True),
        "n BETWEEN :v AND :w": values(v=1, w=5),
        "s IN (:v, :w)": values(v="other", w="words"),
        "begins_with(s, :v)": values(v="wo"),
        "contains(s, :v)": values(v="ord"),
        "contains(tags, :v)": values(v="x"),
        "size(s) > :v": values(v=4),
        "s = :v": values(v=5),
        "s > :v": values(v=5),
        "tags = :v": values(v=["y", "x"]),
        "doc.deep = :v": values(v="deep"),
        "attribute_not_exists(doc.fresh)": {},
        "attribute_not_exists(gone.fresh)": {},
        "#n = :v": {"ExpressionAttributeNames": {"#n": "n"}, **values(v=5)},
    }
    return {
        f"condition {text}": [
            put(RICH),
            ("DeleteItem", {**TABLE, "Key": A, "ConditionExpression": text, **more}),
            get(),
        ]
        for text, more in asked.items()
    }


def _updates() -> dict[str, list[Request]]:
    asked: dict[str, dict[str, Any]] = {
        "SET s = :v": values(v="other"),
        "SET n = n + :v": values(v=2),
        "SET n = n - :v": values(v=2),
        "SET gone = gone + :v": values(v=2),
        "SET gone = if_not_exists(gone, :v)": values(v="new"),
        "SET s = if_not_exists(s, :v)": values(v="new"),
        "SET things = list_append(things, things)": {},
        "SET doc.deep = :v": values(v="new"),
        "SET doc.fresh = :v": values(v="new"),
        "SET gone.fresh = :v": values(v="new"),
        "REMOVE s, gone": {},
        "REMOVE doc.deep": {},
        "ADD n :v": values(v=3),
        "ADD gone :v": values(v=3),
        "ADD tags :v": values(v=["z", "x"]),
        "ADD absent :v": values(v=["z"]),
        "DELETE tags :v": values(v=["x", "z"]),
        "DELETE tags :v REMOVE s": values(v=["x", "y"]),
        "SET s = :v ADD n :w": values(v="other", w=1),
        "SET pk = :v": values(v="other"),
        "SET s = :v REMOVE n": values(v="other", w="unused"),
        "SET s = :missing": {},
    }
    return {
        f"update {text}": [put(RICH), update(text, **more, ReturnValues="ALL_NEW"), get()]
        for text, more in asked.items()
    }


ROWS = [row("q", f"{kind}#{number}") for kind in ("a", "b") for number in range(4)]
INDEXED = [
    row("i", str(number), due_practice={"S": "p"}, last_alert_on={"S": f"2026-03-0{day}"})
    for number, day in enumerate((3, 1, 2, 1))
]
BY_PK = values(pk="q")


def _queries() -> dict[str, list[Request]]:
    asked: dict[str, Request] = {
        "a partition": query("pk = :pk", **BY_PK),
        "a beginning": query("pk = :pk AND begins_with(sk, :s)", **values(pk="q", s="b#")),
        "between": query("pk = :pk AND sk BETWEEN :s AND :t", **values(pk="q", s="a#2", t="b#1")),
        "up to": query("pk = :pk AND sk <= :s", **values(pk="q", s="a#1")),
        "backwards": query("pk = :pk", ScanIndexForward=False, Limit=3, **BY_PK),
        "a page": query("pk = :pk", Limit=3, **BY_PK),
        "a page to the end": query("pk = :pk", Limit=8, **BY_PK),
        "more than all": query("pk = :pk", Limit=9, **BY_PK),
        "the next page": query("pk = :pk", ExclusiveStartKey=row("q", "a#2"), **BY_PK),
        "backwards from": query(
            "pk = :pk", ScanIndexForward=False, ExclusiveStartKey=row("q", "a#2"), **BY_PK
        ),
        "filtered": query(
            "pk = :pk", FilterExpression="sk <> :s", Limit=2, **values(pk="q", s="a#0")
        ),
        "counted": query("pk = :pk", Select="COUNT", **BY_PK),
        "nothing": query("pk = :pk", **values(pk="nobody")),
        "without a hash key": query("sk = :pk", **BY_PK),
    }
    of_index = {
        **TABLE,
        "IndexName": "due_accounts",
        "KeyConditionExpression": "due_practice = :p AND last_alert_on <= :d",
        **values(p="p", d="2026-03-02"),
    }
    indexed: dict[str, dict[str, Any]] = {
        "an index": of_index,
        "a page of an index": {**of_index, "Limit": 2},
        "an index, consistently": {**of_index, "ConsistentRead": True},
        "an index that is not there": {**of_index, "IndexName": "other"},
    }
    cases = {f"query {name}": [*(put(each) for each in ROWS), one] for name, one in asked.items()}
    for name, request in indexed.items():
        cases[f"query {name}"] = [*(put(each) for each in INDEXED), ("Query", request)]
    return cases


def _put(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Put": {**TABLE, "Item": item, **more}}


def _changed(expression: str, **more: Any) -> dict[str, Any]:
    return {"Update": {**TABLE, "Key": A, "UpdateExpression": expression, **more}}


NEW = {"ConditionExpression": "attribute_not_exists(pk)"}
ONE_MORE = _changed("ADD n :v", **values(v=1))


def counted(token: str) -> Request:
    return transaction(ONE_MORE, ClientRequestToken=token)


def _transactions() -> dict[str, list[Request]]:
    check = {"ConditionCheck": {**TABLE, "Key": A, "ConditionExpression": "attribute_exists(pk)"}}
    away = {"Delete": {**TABLE, "Key": A}}
    asked: dict[str, list[Request]] = {
        "puts": [transaction(_put(A, **NEW), _put(row("b", "1"))), get()],
        "one condition fails": [
            put(A),
            transaction(_put(row("b", "1")), _put(RICH, **NEW)),
            get(),
            get(row("b", "1")),
        ],
        "a check holds": [put(A), transaction(check, _put(row("b", "1"))), get(row("b", "1"))],
        "a check fails": [transaction(_put(row("b", "1")), check), get(row("b", "1"))],
        "deletes": [put(A), transaction(away, _put(row("b", "1"))), get()],
        "an update of nothing": [transaction(_changed("SET n = :v", **values(v=1))), get()],
        "one item twice": [transaction(_put(A), away)],
        "the same token": [put(RICH), counted("t-1"), counted("t-1"), get()],
        "the same token for something else": [
            counted("t-2"),
            transaction(_changed("ADD n :v", **values(v=2)), ClientRequestToken="t-2"),
            get(),
        ],
        "no token": [put(RICH), transaction(ONE_MORE), transaction(ONE_MORE), get()],
    }
    return {f"transaction of {name}": requests for name, requests in asked.items()}


def _statement(version: int, sk: str = "1") -> dict[str, Any]:
    return {
        "Statement": 'UPDATE "table" SET claim=? SET kinds=? WHERE pk=? AND sk=? AND n=?',
        "Parameters": [
            {"S": "c"},
            {"SS": ["text"]},
            {"S": "a"},
            {"S": sk},
            {"N": str(version)},
        ],
    }


def _batches() -> dict[str, list[Request]]:
    both = [{"PutRequest": {"Item": RICH}}, {"DeleteRequest": {"Key": row("b", "1")}}]
    twice = [{"PutRequest": {"Item": RICH}}, {"PutRequest": {"Item": A}}]
    many = [{"PutRequest": {"Item": row("m", str(number))}} for number in range(26)]
    wanted = {"Keys": [A, row("b", "1")], "ConsistentRead": True}
    return {
        "batch get": [put(RICH), ("BatchGetItem", {"RequestItems": {"table": wanted}})],
        "batch get of one twice": [
            ("BatchGetItem", {"RequestItems": {"table": {"Keys": [A, A]}}}),
        ],
        "batch write": [
            put(row("b", "1")),
            ("BatchWriteItem", {"RequestItems": {"table": both}}),
            get(),
            get(row("b", "1")),
        ],
        "batch write of one twice": [("BatchWriteItem", {"RequestItems": {"table": twice}})],
        "batch write of too many": [("BatchWriteItem", {"RequestItems": {"table": many}})],
        "statements": [
            put(RICH),
            put({**RICH, "sk": {"S": "2"}, "n": {"N": "6"}}),
            (
                "BatchExecuteStatement",
                {"Statements": [_statement(5), _statement(5, "2"), _statement(5, "3")]},
            ),
            get(),
            get(row("a", "2")),
            get(row("a", "3")),
        ],
    }


def _others() -> dict[str, list[Request]]:
    return {
        "get nothing": [get()],
        "get a projection": [put(RICH), get(ProjectionExpression="n, gone, s")],
        "get by half a key": [get({"pk": {"S": "a"}})],
        "get by a number": [get({"pk": {"N": "1"}, "sk": {"S": "1"}})],
        "put over another": [put(A), put(RICH, ReturnValues="ALL_OLD"), get()],
        "put without a key": [put({"pk": {"S": "a"}})],
        "put an empty key": [put(row("", "1"))],
        "put an empty set": [put({**A, "tags": {"SS": []}})],
        "put a number as index key": [put({**A, "due_practice": {"N": "1"}})],
        "put on condition": [put(A, **NEW), put(RICH, **NEW), get()],
        "update what is not there": [update("SET n = :v", **values(v=1)), get()],
        "update on condition of what is not there": [
            update("SET n = :v", ConditionExpression="n = :w", **values(v=1, w=2)),
            get(),
        ],
        "delete what is not there": [("DeleteItem", {**TABLE, "Key": A})],
        "delete and tell": [
            put(RICH),
            ("DeleteItem", {**TABLE, "Key": A, "ReturnValues": "ALL_OLD"}),
        ],
        "another table": [("GetItem", {"TableName": "other", "Key": A})],
        "a bad expression": [put(A), update("PUT n :v", **values(v=1))],
        "a condition that ends early": [
            put(A),
            put(A, ConditionExpression="n = :v AND", **values(v=1)),
        ],
    }


CASES = {
    **_conditions(),
    **_updates(),
    **_queries(),
    **_transactions(),
    **_batches(),
    **_others(),
}
