"""Least privilege: every role names its actions, and the resources they are for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.template.loading import Template, listed

ROLES = (
    "ScanBalancesRole",
    "SendAlertRole",
    "ImportBalancesRole",
    "ScanScheduleRole",
    "PortalRole",
    "StaffRole",
    "StaffJobsRole",
    "ReconcilePaymentsRole",
    "ReconcileScheduleRole",
    "GatewayWebhooksRole",
    "DeliveryEventsRole",
    "TextDeliveryLogRole",
    "OptOutListRole",
    "OptOutScheduleRole",
    "PortalRolloutRole",
)
WITHOUT_DATA = {"PortalRolloutRole"}
"""Those who never come near what is encrypted."""
WITHOUT_RESOURCES = {
    "SendAlertRole": ["TextPhonesNotTopics", "TextAsSnsDoes"],
    "PortalRole": ["OptNumbersIn", "EmailAgain"],
    "StaffRole": ["EmailAgain"],
    "DeliveryEventsRole": ["OptNumbersIn"],
    "OptOutListRole": ["ReadTheList"],
    "PortalRolloutRole": ["SeeWhetherItGoesWell"],
}
"""What is about phone numbers, and the lists of numbers and addresses, which have no ARN."""
CHANGES_DATA = {
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
}


def actions(template: Template, role: str) -> set[str]:
    """All that a role may do, on whatever resource."""
    return {
        action for statement in template.statements(role) for action in listed(statement["Action"])
    }


def test_these_are_all_roles(template: Template) -> None:
    assert set(template.of_type("AWS::IAM::Role")) == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
class TestEveryRole:
    def test_allows_named_actions_only(self, template: Template, role: str) -> None:
        assert [action for action in actions(template, role) if "*" in action] == []

    def test_names_its_resources(self, template: Template, role: str) -> None:
        open_ended = [
            statement["Sid"]
            for statement in template.statements(role)
            if "NotResource" in statement or "*" in listed(statement["Resource"])
        ]
        assert open_ended == WITHOUT_RESOURCES.get(role, [])

    def test_has_no_managed_policy_of_aws(self, template: Template, role: str) -> None:
        managed = template.properties(role).get("ManagedPolicyArns", [])
        assert managed == ([] if role in WITHOUT_DATA else [{"Ref": "EncryptionKeyUse"}])

    def test_uses_the_key_through_services_only(self, template: Template, role: str) -> None:
        conditions: list[dict[str, Any]] = [
            statement["Condition"]["StringEquals"]
            for statement in template.statements(role)
            if any(action.startswith("kms:") for action in listed(statement["Action"]))
        ]
        used = [] if role in WITHOUT_DATA else [["kms:ViaService"]]
        assert [list(condition) for condition in conditions] == used

    def test_never_scans_or_drops_the_table(self, template: Template, role: str) -> None:
        assert actions(template, role).isdisjoint({"dynamodb:Scan", "dynamodb:DeleteTable"})


def test_sender_may_claim_a_slice_in_one_call(template: Template) -> None:
    assert "dynamodb:PartiQLUpdate" in actions(template, "SendAlertRole")


def test_only_the_sender_may_text_and_email(template: Template) -> None:
    may = {role for role in ROLES if actions(template, role) & {"sns:Publish", "ses:SendEmail"}}
    assert may == {"SendAlertRole"}


def test_who_may_ask_the_sender_for_messages(template: Template) -> None:
    may = {
        role: statement["Action"]
        for role in ROLES
        for statement in template.statements(role)
        if statement.get("Resource") == {"Fn::GetAtt": ["AlertQueue", "Arn"]}
        and role != "SendAlertRole"
    }
    asking = (
        *("ScanBalancesRole", "PortalRole", "ReconcilePaymentsRole", "GatewayWebhooksRole"),
        "DeliveryEventsRole",
    )
    assert may == dict.fromkeys(asking, "sqs:SendMessage")


def test_only_staff_may_have_the_sender_called(template: Template) -> None:
    callers = {
        role
        for role in ROLES
        for statement in template.statements(role)
        if "lambda:InvokeFunction" in listed(statement["Action"])
        and statement["Resource"] == {"Fn::GetAtt": ["SendAlert", "Arn"]}
    }
    assert callers == {"StaffRole"}


def test_sender_may_text_phones_but_no_topic(template: Template) -> None:
    (publish,) = [
        statement
        for statement in template.statements("SendAlertRole")
        if statement["Action"] == "sns:Publish"
    ]
    assert publish["NotResource"] == {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}


def test_who_texts_or_opts_in_by_sns_may_do_what_sns_then_does_and_only_by_way_of_it(
    template: Template,
) -> None:
    """SNS has AWS End User Messaging carry out what is about texts, by its caller's rights."""
    may = {
        role: sorted(listed(statement["Action"]))
        for role in ROLES
        for statement in template.statements(role)
        if any(action.startswith("sms-voice:") for action in listed(statement["Action"]))
        and statement["Condition"] == {"StringEquals": {"aws:CalledViaLast": "sns.amazonaws.com"}}
    }
    opt_in = ["sms-voice:DeleteOptedOutNumber", "sms-voice:DescribeOptedOutNumbers"]
    assert may == {
        "SendAlertRole": ["sms-voice:DescribePhoneNumbers", "sms-voice:SendTextMessage"],
        "PortalRole": opt_in,
        "DeliveryEventsRole": opt_in,
        "OptOutListRole": ["sms-voice:DescribeOptedOutNumbers"],
    }


def test_sender_may_email_under_its_own_address_only(template: Template) -> None:
    (email,) = [
        statement
        for statement in template.statements("SendAlertRole")
        if statement["Action"] == "ses:SendEmail"
    ]
    assert email["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "EmailSender"}}}


def test_scan_writes_nothing_but_updates(template: Template) -> None:
    assert actions(template, "ScanBalancesRole") & CHANGES_DATA == {"dynamodb:UpdateItem"}


def test_import_reads_uploads_and_changes_none(template: Template) -> None:
    on_files = {act for act in actions(template, "ImportBalancesRole") if act.startswith("s3:")}
    assert on_files == {"s3:GetObject", "s3:ListBucket"}


def test_what_jobs_make_is_written_by_their_worker_and_handed_out_by_staff(
    template: Template,
) -> None:
    on_files = {
        role: statement["Action"]
        for role in ROLES
        for statement in template.statements(role)
        if statement.get("Resource") == {"Fn::Sub": "${ImportBucket.Arn}/jobs/*"}
    }
    assert on_files == {"StaffJobsRole": "s3:PutObject", "StaffRole": "s3:GetObject"}


def test_credentials_are_read_by_who_takes_payments_and_by_name(template: Template) -> None:
    reading = {
        role: statement["Resource"]["Fn::Sub"]
        for role in ROLES
        for statement in template.statements(role)
        if "secretsmanager:GetSecretValue" in listed(statement["Action"])
    }
    assert set(reading) == {
        "PortalRole",
        "ReconcilePaymentsRole",
        "GatewayWebhooksRole",
        "StaffRole",
    }
    secrets = template.properties("Portal")["Environment"]["Variables"]["GATEWAY_SECRETS"][
        "Fn::Sub"
    ]
    assert {resource.endswith(f":secret:{secrets}*") for resource in reading.values()} == {True}


def test_only_who_writes_on_the_standing_of_another_item_may_check_one(template: Template) -> None:
    """The portal begins a payment by a connection, staff change each other's accounts."""
    may = {role for role in ROLES if "dynamodb:ConditionCheckItem" in actions(template, role)}
    assert may == {"PortalRole", "StaffRole"}
