"""Reports and replies: who may tell them, where they rest, and that nobody is tracked."""

from __future__ import annotations

import pytest

from tests.template.loading import Template, allowed, listed, referred

LOGS = ("TextLog", "TextFailureLog")
OF_REPLIES = ("ReplyTopic", "ReplyTopicPolicy", "ReplySubscription")
OF_THE_LOG = (*LOGS, "TextLogReader", "TextFailureLogReader", "TextLogMayBeRead", "TextLogRole")


def test_emails_go_out_over_tls_and_tell_no_tracker(delivery: Template) -> None:
    assert delivery.properties("EmailConfigurationSet")["DeliveryOptions"] == {
        "TlsPolicy": "REQUIRE"
    }
    told = delivery.properties("EmailEvents")["EventDestination"]["MatchingEventTypes"]
    assert set(told) == {"delivery", "bounce", "complaint", "reject"}  # no open, no click


def test_emails_are_sent_with_the_set_that_reports(template: Template) -> None:
    variables = template.properties("SendAlert")["Environment"]["Variables"]
    output = {"Fn::GetAtt": ["Delivery", "Outputs.EmailConfigurationSet"]}
    assert variables["EMAIL_CONFIGURATION_SET"] == output


def test_who_takes_replies_has_help_answered_by_who_may_send(template: Template) -> None:
    variables = template.properties("DeliveryEvents")["Environment"]["Variables"]
    assert variables["ALERT_QUEUE_URL"] == {"Ref": "AlertQueue"}


@pytest.mark.parametrize("name", ["EmailEventTopic", "ReplyTopic"])
def test_topics_are_encrypted_with_the_key(
    template: Template, delivery: Template, name: str
) -> None:
    assert delivery.properties(name)["KmsMasterKeyId"] == {"Ref": "KeyArn"}
    assert referred(template.properties("Delivery")["Parameters"]["KeyArn"]) == "EncryptionKey"


@pytest.mark.parametrize(
    ("policy", "service"),
    [
        ("EmailEventTopicPolicy", "ses.amazonaws.com"),
        ("ReplyTopicPolicy", "sms-voice.amazonaws.com"),
    ],
)
def test_one_service_of_this_account_publishes_to_a_topic(
    delivery: Template, policy: str, service: str
) -> None:
    (statement,) = allowed(delivery.properties(policy))
    assert statement["Principal"] == {"Service": service}
    assert statement["Action"] == "sns:Publish"
    assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]


def test_only_topics_of_the_stack_reach_the_queue(delivery: Template) -> None:
    (statement,) = allowed(delivery.properties("EventQueuePolicy"))
    sources = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert {"Ref": "EmailEventTopic"} in sources
    assert listed(statement["Action"]) == ["sqs:SendMessage"]


@pytest.mark.parametrize("name", LOGS)
def test_the_log_of_texts_is_encrypted_and_forgets(
    template: Template, delivery: Template, name: str
) -> None:
    group = delivery.properties(name)
    assert group["KmsKeyId"] == {"Ref": "KeyArn"}
    assert group["RetentionInDays"] == {"Ref": "TextLogDays"}
    # The names are those that SNS gives its log groups.
    assert group["LogGroupName"]["Fn::Sub"].startswith("sns/${AWS::Region}/${AWS::AccountId}/")
    assert template.parameters["TextLogDays"]["Default"] <= 30


@pytest.mark.parametrize(
    ("names", "condition"), [(OF_REPLIES, "TakesReplies"), (OF_THE_LOG, "KeepsTextLog")]
)
def test_what_is_optional_is_left_out_as_a_whole(
    delivery: Template, names: tuple[str, ...], condition: str
) -> None:
    resources = delivery.body["Resources"]
    assert {name for name in resources if resources[name].get("Condition") == condition} == set(
        names
    )


def test_sns_may_write_to_the_log_of_texts_only(delivery: Template) -> None:
    (statement,) = delivery.statements("TextLogRole")
    assert [referred(each) for each in statement["Resource"]] == list(LOGS)
    asked = {"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert set(statement["Action"]) == asked, "as the manual of SNS has it"


def test_sns_may_take_its_role_whatever_it_tells_of_itself(delivery: Template) -> None:
    (trust,) = delivery.properties("TextLogRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "sns.amazonaws.com"}
    assert "Condition" not in trust
