"""Reading requests: keys, placeholders, what of an item is asked for, where a page goes on."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.simulation.dynamo.errors import invalid
from tests.simulation.dynamo.expressions import Item, Names, at
from tests.simulation.dynamo.parsing import (
    Node,
    mentions,
    parsed_condition,
    parsed_projection,
    parsed_update,
)
from tests.simulation.dynamo.storage import Index, Key, index_order

_EXPRESSIONS = {
    "ConditionExpression": parsed_condition,
    "FilterExpression": parsed_condition,
    "KeyConditionExpression": parsed_condition,
    "ProjectionExpression": parsed_projection,
    "UpdateExpression": parsed_update,
}


def snake(operation: str) -> str:
    """A name in lower snake case."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def content_of(request: dict[str, Any]) -> str:
    """A transaction's content, which its token stands for."""
    return json.dumps(request["TransactItems"], sort_keys=True)


def key_in(given: dict[str, Any]) -> Key:
    """A key, checked against the schema."""
    if set(given) != {"pk", "sk"} or not all("S" in each for each in given.values()):
        raise invalid("The provided key element does not match the schema")
    if not all(each["S"] for each in given.values()):
        raise invalid("One or more parameter values are not valid. An empty string value is no key")
    return given["pk"]["S"], given["sk"]["S"]


def key_of(item: Item) -> Key:
    """An item's key."""
    if "pk" not in item or "sk" not in item:
        raise invalid("One or more parameter values were invalid: Missing the key pk in the item")
    return key_in({"pk": item["pk"], "sk": item["sk"]})


def checked(item: Item | None) -> Item | None:
    """An item, unless DynamoDB would not take it."""
    for value in (item or {}).values():
        ((kind, content),) = value.items()
        if kind in ("SS", "NS") and not content:
            raise invalid(
                "One or more parameter values were invalid: An string set may not be empty"
            )
    return item


def names_of(request: dict[str, Any]) -> Names:
    """The placeholders of a request; one that no expression mentions is refused."""
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    parsed = [parse(request[name]) for name, parse in _EXPRESSIONS.items() if request.get(name)]
    for kind, given in (("name", names), ("value", values)):
        used = {each for one in parsed for each in mentions(one, kind)}
        if unused := given.keys() - used:
            raise invalid(f"Value provided in ExpressionAttribute unused in expressions: {unused}")
        if missing := used - given.keys():
            raise invalid(f"An expression attribute used in expression is not defined: {missing}")
    return Names(names, values)


def projected(item: Item, request: dict[str, Any], names: Names) -> Item:
    """What of an item is asked for."""
    text = request.get("ProjectionExpression")
    if text is None:
        return item
    paths = [names.path(node) for node in parsed_projection(text)]
    return {str(path[0]): found for path in paths if (found := at(item, path[:1])) is not None}


def hash_key_in(condition: Node, names: Names, attribute: str) -> str:
    """What a key condition says a hash key is."""
    sides = condition.parts if condition.kind == "and" else (condition,)
    for side in sides:
        if side.kind == "compare" and side.parts[0] == "=":
            _, path, value = side.parts
            if names.path(path) == (attribute,):
                found: str = names.value(value.parts[0])["S"]
                return found
    raise invalid(f"Query condition missed key schema element: {attribute}")


def beyond(found: list[Item], start: Item, index: Index | None, backwards: bool) -> int:
    """Where a query goes on after a key."""

    def order(item: Item) -> Any:
        return item["sk"]["S"] if index is None else index_order(index, item)

    after = order(start)
    for number, item in enumerate(found):
        if order(item) < after if backwards else order(item) > after:
            return number
    return len(found)


def position(item: Item, index: Index | None) -> Item:
    """What tells where a page ended."""
    keys = {"pk", "sk"} if index is None else {"pk", "sk", index.hash_key, index.range_key}
    return {name: item[name] for name in sorted(keys)}


def returned(request: dict[str, Any], before: Item | None, after: Item | None) -> dict[str, Any]:
    """What a write tells of the item."""
    wanted = request.get("ReturnValues", "NONE")
    if wanted == "ALL_NEW" and after is not None:
        return {"Attributes": after}
    if wanted == "ALL_OLD" and before is not None:
        return {"Attributes": before}
    if wanted not in ("NONE", "ALL_NEW", "ALL_OLD"):
        raise invalid(f"{wanted} is not in the subset")
    return {}
