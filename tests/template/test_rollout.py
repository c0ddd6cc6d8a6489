"""A release of the portal reaches patients by and by, and goes back by itself."""

from __future__ import annotations

import pytest

from infra.local.template import expand, resources
from tests.template.loading import TEMPLATE, Template, load

DEPLOYED_AS = {
    "at-once": "CodeDeployDefault.LambdaAllAtOnce",
    "canary": "CodeDeployDefault.LambdaCanary10Percent5Minutes",
    "linear": "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
}


@pytest.fixture(scope="module")
def expanded() -> Template:
    return Template(expand(TEMPLATE, bucket="bucket", key="key", region="us-east-1"))


def test_is_as_the_deployment_says(template: Template, expanded: Template) -> None:
    chosen = template.parameters["PortalRollout"]
    assert (chosen["Default"], chosen["AllowedValues"]) == ("at-once", list(DEPLOYED_AS))
    ((_, group),) = resources(expanded.body, "AWS::CodeDeploy::DeploymentGroup")
    prefix, named = group["DeploymentConfigName"]["Fn::Sub"]
    words = template.body["Mappings"]["Rollout"]
    assert named == {"ConfigName": words[chosen["Default"]]["Type"]}
    assert {
        name: prefix.replace("${ConfigName}", word["Type"]) for name, word in words.items()
    } == DEPLOYED_AS


def test_the_api_calls_the_alias_that_is_led(expanded: Template) -> None:
    ((alias, _),) = resources(expanded.body, "AWS::Lambda::Alias")
    led = expanded.body["Resources"][alias]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    ((group, _),) = resources(expanded.body, "AWS::CodeDeploy::DeploymentGroup")
    assert led["DeploymentGroupName"] == {"Ref": group}
    ((_, api),) = resources(expanded.body, "AWS::ApiGatewayV2::Api")
    called = {
        str(operation["x-amazon-apigateway-integration"]["uri"])
        for operations in api["Body"]["paths"].values()
        for operation in operations.values()
    }
    assert any(f"${{{alias}}}" in uri for uri in called)
    assert not any("${Portal." in uri for uri in called)
    may_call = [
        permission["FunctionName"]
        for name, permission in resources(expanded.body, "AWS::Lambda::Permission")
        if name.startswith("Portal")
    ]
    assert may_call
    assert all(function == {"Ref": alias} for function in may_call)


def test_goes_back_when_errors_come_unless_it_is_the_way_back(expanded: Template) -> None:
    ((_, group),) = resources(expanded.body, "AWS::CodeDeploy::DeploymentGroup")
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    by_and_by, watched, at_once = group["AlarmConfiguration"]["Fn::If"]
    at_once_chosen = {"Fn::Equals": [{"Ref": "PortalRollout"}, "at-once"]}
    assert expanded.body["Conditions"][by_and_by] == {"Fn::Not": [at_once_chosen]}
    assert at_once == {}
    (alarm,) = watched["Alarms"]
    named = load(TEMPLATE.parent / "infra" / "observability.yaml").properties("ReleaseFailingAlarm")
    assert alarm["Name"] == {
        "Fn::Sub": named["AlarmName"]["Fn::Sub"].replace("${Name}", "${AWS::StackName}")
    }
    assert named["Period"] * named["EvaluationPeriods"] < 5 * 60, "before the canary is over"


def test_no_right_is_given_that_sam_would_take(expanded: Template) -> None:
    """SAM makes a role of its own for CodeDeploy where none is given, by a policy of AWS."""
    assert "CodeDeployServiceRole" not in expanded.body["Resources"]
