"""Makes the APIs' documents from the code; `--check` only says whether they are current."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime, time
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any, get_args, get_origin

from balance_alerts.http_api.exchange import JSON, LONGEST_KEY
from balance_alerts.http_api.operation import Operation
from balance_alerts.http_api.problem_details import CONTENT_TYPE
from balance_alerts.http_api.problems import STATUS
from balance_alerts.http_api.shapes import (
    WALL_TIME,
    Length,
    Range,
    shape_of,
    split,
    without_none,
)
from portal.operations import OPERATIONS as PORTAL_OPERATIONS
from staff.api import OPERATIONS as STAFF_OPERATIONS

DOCS = Path(__file__).parents[1] / "docs"

Schema = dict[str, Any]

UNAUTHORIZED = "unauthorized"
# API Gateway checks the tokens of staff and answers by itself, in its own words.
_FROM_THE_GATEWAY: Schema = {
    JSON: {"schema": {"type": "object", "properties": {"message": {"type": "string"}}}}
}

# What `parse` takes for text: no control characters but in line breaks, and tabs.
_TEXT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"


@dataclass(frozen=True, slots=True)
class Api:
    """An API, and the file that tells of it. `token` is what its guarded operations need."""

    file: str
    title: str
    operations: Sequence[Operation]
    token: str

    @property
    def text(self) -> str:
        """The document as it should be."""
        return json.dumps(document(self), indent=2, ensure_ascii=False) + "\n"


PORTAL = Api("openapi.json", "Balance Alerts: patient portal", PORTAL_OPERATIONS, "session")
STAFF = Api("openapi-staff.json", "Balance Alerts: staff", STAFF_OPERATIONS, "id_token")
APIS = (PORTAL, STAFF)


def main(arguments: list[str]) -> int:
    """Write the documents, or with `--check` compare them; returns the exit status."""
    drifted = []
    for api in APIS:
        path = DOCS / api.file
        if "--check" not in arguments:
            path.write_text(api.text, "utf-8")
        elif not path.is_file() or path.read_text("utf-8") != api.text:
            drifted.append(f"docs/{api.file}")
    if drifted:
        told = " and ".join(drifted)
        print(f"{told}: not what the code declares; run make openapi", file=sys.stderr)
    return int(bool(drifted))


def document(api: Api) -> Schema:
    """The OpenAPI document of an API."""
    schemas: dict[str, Schema] = {"Problem": _problem(api)}
    paths: dict[str, dict[str, Schema]] = {}
    for operation in api.operations:
        path = operation.path.replace("+}", "}")
        paths.setdefault(path, {})[operation.method.lower()] = _operation(
            operation, schemas, token=api.token
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": api.title,
            "version": "1",
            "description": "Money is integer cents, instants are RFC 3339 in UTC. Errors are "
            "problem details (RFC 9457) with a stable `code`.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {api.token: {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation, schemas: dict[str, Schema], *, token: str) -> Schema:
    parameters = [
        _parameter(name, "path", required=True)
        for name in re.findall(r"\{(\w+)\+?\}", operation.path)
    ]
    parameters += [
        _parameter(name, "query", description=told) for name, told in operation.query.items()
    ]
    parameters += [
        _parameter(name, "header", required=True, description=told, maxLength=LONGEST_KEY)
        for name, told in operation.headers.items()
    ]
    described: Schema = {
        "operationId": operation.name,
        "summary": operation.summary,
        "security": [{token: []}] if operation.needs else [],
    }
    if parameters:
        described["parameters"] = parameters
    if operation.takes:
        file = {"schema": {"type": "string", "minLength": 1}}
        described["requestBody"] = {
            "required": True,
            "content": dict.fromkeys(operation.takes, file),
        }
    if operation.body is not None:
        content = {JSON: {"schema": _schema(operation.body, schemas)}}
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = _answers(operation, schemas) | _problems(operation.all_problems)
    return described


def _parameter(
    name: str, where: str, *, required: bool = False, description: str | None = None, **limits: int
) -> Schema:
    told = {"description": description} if description else {}
    # What may be left out may be left empty: a search for nothing finds everybody.
    schema = {"type": "string", **({"minLength": 1} if required else {}), **limits}
    return {"name": name, "in": where, **told, "required": required, "schema": schema}


def _answers(operation: Operation, schemas: dict[str, Schema]) -> Schema:
    answers: Schema = {}
    for status, shape in operation.answers.items():
        answer: Schema = {"description": HTTPStatus(status).phrase}
        for each in shape if isinstance(shape, tuple) else (shape,):
            if isinstance(each, str):
                answer.setdefault("content", {})[each.split(";")[0]] = {}
            elif each is not None:
                answer.setdefault("content", {})[JSON] = {"schema": _schema(each, schemas)}
        answers[str(status)] = answer
    return answers


def _problems(codes: Iterable[str]) -> Schema:
    by_status: dict[HTTPStatus, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(STATUS[code], []).append(code)
    problem = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status.value): {
            "description": f"{status.phrase}: {', '.join(found)}",
            "content": _FROM_THE_GATEWAY if found == [UNAUTHORIZED] else problem,
        }
        for status, found in sorted(by_status.items())
    }


def _problem(api: Api) -> Schema:
    codes = {code for operation in api.operations for code in operation.all_problems}
    # Whatever the path, it may be none of ours, or not for this method.
    codes |= {"not_found", "method_not_allowed"}
    text = {"type": "string"}
    more = {"reason": text} if "not_due" in codes else {}
    return {
        "type": "object",
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": sorted(codes)},
            "detail": text,
            **more,
        },
        "required": ["type", "title", "status", "code", "detail"],
    }


def _schema(annotation: Any, schemas: dict[str, Schema]) -> Schema:
    annotation, nullable = without_none(annotation)
    kind, limits = split(annotation)
    schema = _plain_schema(kind, schemas)
    for limit in limits:
        if isinstance(limit, Length):
            if get_origin(kind) is list:
                schema |= {"minItems": limit.least, "maxItems": limit.most}
            else:
                schema |= {"minLength": limit.least, "maxLength": limit.most, "pattern": _TEXT}
        if isinstance(limit, Range):
            schema |= {"minimum": limit.least, "maximum": limit.most}
    return {"anyOf": [schema, {"type": "null"}]} if nullable else schema


def _plain_schema(kind: Any, schemas: dict[str, Schema]) -> Schema:
    if get_origin(kind) is list:
        return {"type": "array", "items": _schema(get_args(kind)[0], schemas)}
    if get_origin(kind) is dict:
        return {"type": "object"}
    if is_dataclass(kind) and isinstance(kind, type):
        return _object_schema(kind, schemas)
    if issubclass(kind, StrEnum):
        return {"type": "string", "enum": [each.value for each in kind]}
    if issubclass(kind, str):
        return {"type": "string"}
    simple: dict[Any, Schema] = {
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        datetime: {"type": "string", "format": "date-time"},
        date: {"type": "string", "format": "date"},
        time: {"type": "string", "pattern": WALL_TIME},
    }
    return dict(simple[kind])


def _object_schema(kind: type[Any], schemas: dict[str, Schema]) -> Schema:
    name = kind.__name__
    if name not in schemas:
        schemas[name] = {}
        declared = shape_of(kind)
        schemas[name] = {
            "type": "object",
            "description": " ".join((kind.__doc__ or "").split()),
            "properties": {
                field: _schema(annotation, schemas) for field, (annotation, _) in declared.items()
            },
            "required": [field for field, (_, required) in declared.items() if required],
            "additionalProperties": False,
        }
    return {"$ref": f"#/components/schemas/{name}"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
