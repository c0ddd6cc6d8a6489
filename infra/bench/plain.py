"""The straightforward way: boto3's resources, one item and one call after the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import cycle, repeat
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key

from infra.bench.material import Work
from infra.bench.wire import Answers, Call, like
from infra.local.emulator import REGION

_TABLE = "table"
Step = Callable[[], None]


def answers(work: Work) -> Answers:
    """What the straightforward way is answered, made of what the project was."""
    of_table = next(call for call in work.calls if call.service == "dynamodb")
    account = like(of_table, {"Item": _an_account(work.calls)})
    nothing = like(of_table, {})
    found = Answers(work.calls)
    for operation in ("GetItem", "PutItem", "UpdateItem", "SendMessage"):
        found.each(operation, repeat(account if operation == "GetItem" else nothing))
    pages = [call for call in work.calls if call.operation == "Query"] or [
        like(of_table, {"Items": []})
    ]
    return found.each("Scan", cycle(pages)).each("Query", cycle(pages))


def send(kind: str, patients: Sequence[str]) -> Step:
    """Get each patient, check, send, put what was sent."""
    table, sns, ses = _table(), _client("sns"), _client("sesv2")

    def work() -> None:
        for patient_id in patients:
            patient = _get(table, patient_id)
            if patient["balance_cents"] <= 0:
                continue
            words = f"You have a balance: https://pay.example.org/a/{patient_id}"
            if "text" in kind:
                sns.publish(PhoneNumber="+12025550123", Message=words)
            if "email" in kind:
                ses.send_email(
                    FromEmailAddress="alerts@example.org",
                    Destination={"ToAddresses": ["a@example.org"]},
                    Content={
                        "Simple": {
                            "Subject": {"Data": "Your balance"},
                            "Body": {"Text": {"Data": words}},
                        }
                    },
                )
            table.put_item(Item={"pk": patient_id, "sk": "ALERT", "sent_at": "now"})

    return work


def scan(pages: int) -> Step:
    """Scan the table, check each patient, queue those due one by one."""
    table, sqs = _table(), _client("sqs")
    last = date(2100, 1, 1)

    def work() -> None:
        for _ in range(pages):
            for patient in table.scan()["Items"]:
                due = patient["balance_cents"] > 0 and "window_opened_at" in patient
                if due and date.fromisoformat(patient["last_alert_on"]) <= last:
                    body = json.dumps({"patient_id": patient["patient_id"]})
                    sqs.send_message(QueueUrl="https://sqs.example/alerts", MessageBody=body)

    return work


def import_file(kind: str, ids: Iterable[str]) -> Step:
    """Get each account, put the line, and with an entry update the balance."""
    table = _table()
    lines = list(ids)

    def work() -> None:
        for line in lines:
            _get(table, line)
            table.put_item(Item={"pk": line, "sk": kind, "amount_cents": 5_000, "case": "knee"})
            if kind == "entries":
                table.update_item(
                    Key={"pk": line, "sk": "ACCOUNT"},
                    UpdateExpression="ADD balance_cents :more",
                    ExpressionAttributeValues={":more": 5_000},
                )

    return work


def visit() -> Step:
    """Get the session, get the account, query what is shown."""
    table = _table()

    def work() -> None:
        _get(table, "session")
        _get(table, "account")
        table.query(KeyConditionExpression=Key("pk").eq("account"))

    return work


def _get(table: Any, key: str) -> Any:
    return table.get_item(Key={"pk": key, "sk": "ACCOUNT"})["Item"]


def _table() -> Any:
    return _session().resource("dynamodb").Table(_TABLE)


def _client(name: Any) -> Any:
    return _session().client(name)


def _session() -> boto3.Session:
    return boto3.Session("x", "x", region_name=REGION)


def _an_account(calls: Iterable[Call]) -> Any:
    for call in calls:
        if call.operation == "BatchGetItem":
            for items in json.loads(call.answer)["Responses"].values():
                for item in items:
                    if item.get("record", {}).get("S") == "account":
                        return item
    return {"balance_cents": {"N": "5000"}}
