"""Data outlives mistakes and is readable with the stack's key only."""

from __future__ import annotations

from typing import Any

import pytest

from balance_alerts.store.jobs import KEPT
from tests.template.loading import TEMPLATE, Template, listed, load, referred

WORK_QUEUES = {
    "AlertQueue": "AlertDeadLetterQueue",
    "ImportQueue": "ImportDeadLetterQueue",
    "DeliveryEventQueue": "DeliveryDeadLetterQueue",
}
DEAD_LETTER_QUEUES = (
    *WORK_QUEUES.values(),
    "ScanDeadLetterQueue",
    "ReconcileDeadLetterQueue",
    "OptOutDeadLetterQueue",
)
QUEUES = (*WORK_QUEUES, *DEAD_LETTER_QUEUES)
FOURTEEN_DAYS = 14 * 24 * 60 * 60


@pytest.mark.parametrize("name", ["Table", "ImportBucket", "EncryptionKey"])
def test_data_and_its_key_survive_the_stack(template: Template, name: str) -> None:
    resource = template.body["Resources"][name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_table_is_protected_and_encrypted(template: Template) -> None:
    table = template.properties("Table")
    assert table["DeletionProtectionEnabled"] is True
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"]["SSEType"] == "KMS"
    assert referred(table["SSESpecification"]["KMSMasterKeyId"]) == "EncryptionKey"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_due_index_holds_no_names_and_no_contacts(template: Template) -> None:
    indexes = {
        index["IndexName"]: index["Projection"]
        for index in template.properties("Table")["GlobalSecondaryIndexes"]
    }
    due = indexes["due_accounts"]
    assert due["ProjectionType"] == "INCLUDE"
    assert {"balance_cents", "holds", "version"} <= set(due["NonKeyAttributes"])
    assert {"first_name", "last_name", "date_of_birth", "mobile", "email"}.isdisjoint(
        due["NonKeyAttributes"]
    )


def test_key_is_renewed_every_year(template: Template) -> None:
    assert template.properties("EncryptionKey")["EnableKeyRotation"] is True


def test_key_is_given_to_services_under_conditions_only(template: Template) -> None:
    statements = template.properties("EncryptionKey")["KeyPolicy"]["Statement"]
    services = [statement for statement in statements if "Service" in statement["Principal"]]
    others = [statement for statement in statements if statement not in services]
    assert all("Condition" in statement for statement in services)
    assert [statement["Sid"] for statement in others] == ["AccountDecidesByIamPolicies"]


class TestImportBucket:
    @pytest.fixture
    def bucket(self, template: Template) -> dict[str, Any]:
        return template.properties("ImportBucket")

    def test_is_encrypted_with_the_key(self, bucket: dict[str, Any]) -> None:
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        default = rule["ServerSideEncryptionByDefault"]
        assert default["SSEAlgorithm"] == "aws:kms"
        assert referred(default["KMSMasterKeyID"]) == "EncryptionKey"

    def test_is_never_public(self, bucket: dict[str, Any]) -> None:
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}

    def test_forgets_files_after_the_days_chosen_and_what_jobs_made_after_one(
        self, bucket: dict[str, Any]
    ) -> None:
        rules = bucket["LifecycleConfiguration"]["Rules"]
        assert {rule["Status"] for rule in rules} == {"Enabled"}
        days = {rule.get("Prefix", ""): rule["ExpirationInDays"] for rule in rules}
        assert days == {"": {"Ref": "ImportedFileDays"}, "jobs/": KEPT.days}
        assert "VersioningConfiguration" not in bucket  # an old version would outlive its file

    def test_tells_the_import_queue_of_uploads(self, bucket: dict[str, Any]) -> None:
        (notice,) = bucket["NotificationConfiguration"]["QueueConfigurations"]
        assert referred(notice["Queue"]) == "ImportQueue"
        assert notice["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "imports/"}]

    def test_takes_files_from_pages_of_the_stack_alone(
        self, template: Template, bucket: dict[str, Any]
    ) -> None:
        (rule,) = bucket["CorsConfiguration"]["CorsRules"]
        assert [referred(origin) for origin in rule["AllowedOrigins"]] == ["PublicUrl"]
        assert rule["AllowedMethods"] == ["PUT"]
        variables = template.properties("Staff")["Environment"]["Variables"]
        allowed = variables["UPLOADS_URL"]["Fn::Sub"]
        assert allowed == "https://${ImportBucket.RegionalDomainName}/imports/"

    def test_is_reached_over_tls_only(self, template: Template) -> None:
        policy = template.properties("ImportBucketPolicy")
        assert referred(policy["Bucket"]) == "ImportBucket"
        assert refuses_plain_http(policy)


@pytest.mark.parametrize("file", ["delivery", "observability"])
def test_topics_are_encrypted_and_reached_over_tls_only(file: str) -> None:
    template = load(TEMPLATE.parent / "infra" / f"{file}.yaml")
    topics = template.of_type("AWS::SNS::Topic")
    assert {topic["Properties"]["KmsMasterKeyId"]["Ref"] for topic in topics.values()} == {"KeyArn"}
    policies = [each["Properties"] for each in template.of_type("AWS::SNS::TopicPolicy").values()]
    assert [name for each in policies for name in map(referred, each["Topics"])] == list(topics)
    assert all(refuses_plain_http(policy) for policy in policies)


class TestQueues:
    def test_these_are_all(self, template: Template) -> None:
        assert set(template.of_type("AWS::SQS::Queue")) == set(QUEUES)

    @pytest.mark.parametrize("name", QUEUES)
    def test_are_encrypted_with_the_key(self, template: Template, name: str) -> None:
        assert referred(template.properties(name)["KmsMasterKeyId"]) == "EncryptionKey"

    @pytest.mark.parametrize("name", sorted(set(QUEUES) - {"DeliveryEventQueue"}))
    def test_are_reached_over_tls_only(self, template: Template, name: str) -> None:
        (policy,) = [
            policy["Properties"]
            for policy in template.of_type("AWS::SQS::QueuePolicy").values()
            if name in map(referred, policy["Properties"]["Queues"])
        ]  # exactly one: a second policy would replace the first
        assert refuses_plain_http(policy)

    def test_so_is_the_one_whose_policy_names_topics(
        self, template: Template, delivery: Template
    ) -> None:
        given = template.properties("Delivery")["Parameters"]
        assert referred(given["EventQueueUrl"]) == "DeliveryEventQueue"
        policy = delivery.properties("EventQueuePolicy")
        assert policy["Queues"] == [{"Ref": "EventQueueUrl"}]
        assert refuses_plain_http(policy)

    @pytest.mark.parametrize(("name", "dead_letters"), WORK_QUEUES.items())
    def test_set_aside_what_fails_three_times(
        self, template: Template, name: str, dead_letters: str
    ) -> None:
        redrive = template.properties(name)["RedrivePolicy"]
        allowed = template.properties(dead_letters)["RedriveAllowPolicy"]
        queue_name = template.properties(name)["QueueName"]["Fn::Sub"]
        assert redrive["maxReceiveCount"] == 3
        assert referred(redrive["deadLetterTargetArn"]) == dead_letters
        assert allowed["redrivePermission"] == "byQueue"
        (source,) = allowed["sourceQueueArns"]
        assert source["Fn::Sub"].endswith(f":{queue_name}")

    @pytest.mark.parametrize("name", DEAD_LETTER_QUEUES)
    def test_keep_dead_letters_as_long_as_possible(self, template: Template, name: str) -> None:
        assert template.properties(name)["MessageRetentionPeriod"] == FOURTEEN_DAYS

    def test_alerts_wait_half_an_hour_at_most(self, template: Template) -> None:
        assert template.properties("AlertQueue")["MessageRetentionPeriod"] == 30 * 60


def refuses_plain_http(policy: dict[str, Any]) -> bool:
    """Whether everybody is denied everything without TLS."""
    return any(
        (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        and listed(statement["Action"])[0] in {"s3:*", "sqs:*", "sns:Publish"}
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in policy["PolicyDocument"]["Statement"]
    )
