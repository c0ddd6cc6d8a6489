"""What a deployment chooses is checked before anything is made, and what it made is named."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.template.loading import TEMPLATE, Template

LONGEST_LINK = 60  # rules, "Sending": a text has room for this much
TOKEN = 6 + 22  # practice code, then 128 random bits
OUTPUTS = {
    "TableName",
    "AlertQueueUrl",
    "AlertDeadLetterQueueUrl",
    "ImportQueueUrl",
    "ImportDeadLetterQueueUrl",
    "ImportBucketName",
    "ScanFunctionName",
    "SendFunctionName",
    "ImportFunctionName",
    "PortalFunctionName",
    "ReconcileFunctionName",
    "ApiId",
    "PublicUrl",
    "UserPoolId",
    "ConsoleClientId",
    "DeliveryEventQueueUrl",
    "DeliveryDeadLetterQueueUrl",
    "EmailEventTopicArn",
    "ReplyTopicArn",
    "TextLogRoleArn",
    "TextLogFunctionName",
    "OptOutFunctionName",
    "AlarmTopicArn",
    "BusinessDashboardName",
    "TechnicalDashboardName",
    "ScanDeadLetterQueueUrl",
    "OptOutDeadLetterQueueUrl",
    "ReconcileDeadLetterQueueUrl",
    "PublicDomainTarget",
    "ConsoleUrl",
    "SignInUrl",
    "WebhookUrl",
}


@pytest.mark.parametrize(
    ("parameter", "value", "fits"),
    [
        pytest.param("PublicUrl", "https://pay.example.com", True, id="address"),
        pytest.param("PublicUrl", "http://127.0.0.1:8080", True, id="local address"),
        pytest.param("PublicUrl", "https://pay.example.com/", False, id="trailing slash"),
        pytest.param("PublicUrl", "https://example.com/pay", False, id="path"),
        pytest.param("PublicUrl", "pay.example.com", False, id="no scheme"),
        pytest.param("PublicUrl", "", False, id="no address"),
        pytest.param("HostedZoneId", "", True, id="no zone"),
        pytest.param("HostedZoneId", "Z0123456789ABC", True, id="zone"),
        pytest.param("HostedZoneId", "/hostedzone/Z0123456789ABC", False, id="zone with a path"),
        pytest.param("CertificateArn", "", True, id="no certificate"),
        pytest.param(
            "CertificateArn",
            "arn:aws:acm:us-east-1:123456789012:certificate/0a1b-2c",
            True,
            id="certificate",
        ),
        pytest.param("CertificateArn", "0a1b-2c", False, id="certificate's id alone"),
        pytest.param("EmailSender", "billing@clinic.example", True, id="sender"),
        pytest.param("EmailSender", "Clinic <billing@clinic.example>", False, id="display name"),
        pytest.param("EmailSender", "clinic.example", False, id="domain alone"),
        pytest.param("TextOriginationNumber", "", True, id="any number"),
        pytest.param("TextOriginationNumber", "+18005550100", True, id="number"),
        pytest.param("TextOriginationNumber", "800-555-0100", False, id="national number"),
        pytest.param("AlarmEmail", "oncall@clinic.example", True, id="alarms"),
        pytest.param("AlarmEmail", "", True, id="nobody"),
        pytest.param("AlarmEmail", "On call <oncall@clinic.example>", False, id="alarms by name"),
        pytest.param("SignInDomain", "harbor-point-staff", True, id="sign-in"),
        pytest.param("SignInDomain", "Harbor.Point", False, id="sign-in with a dot"),
    ],
)
def test_pattern(template: Template, parameter: str, value: str, fits: bool) -> None:
    pattern = template.parameters[parameter]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, value)) is fits


def test_every_parameter_says_what_it_is_for(template: Template) -> None:
    assert [name for name, told in template.parameters.items() if not told["Description"]] == []


def test_only_what_has_no_sensible_default_must_be_given(template: Template) -> None:
    required = {name for name, told in template.parameters.items() if "Default" not in told}
    assert required == {"PublicUrl", "EmailSender", "SignInDomain"}


def test_every_parameter_is_asked_for_in_a_group(template: Template) -> None:
    groups = template.body["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    asked = [name for group in groups for name in group["Parameters"]]
    assert sorted(asked) == sorted(template.parameters)


def test_longest_address_leaves_the_link_short_enough(template: Template) -> None:
    longest = template.parameters["PublicUrl"]["MaxLength"]
    assert longest + len("/a/") + TOKEN <= LONGEST_LINK


def test_outputs_name_what_was_made(template: Template) -> None:
    assert set(template.outputs) == OUTPUTS
    assert all(output["Description"] for output in template.outputs.values())


def test_template_uses_no_yaml_that_cloudformation_does_not_read() -> None:
    tokens = yaml.scan(TEMPLATE.read_text("utf-8"))
    assert [
        token for token in tokens if isinstance(token, yaml.AliasToken | yaml.AnchorToken)
    ] == []
