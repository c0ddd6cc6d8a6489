"""The local copy of `template.yaml`: expanded without AWS, then fitted to the emulator.

Everything that differs from what is deployed is in this module, one function a difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.local.nested import inline_nested

Template = dict[str, Any]
Resource = dict[str, Any]

LOCAL_HANDLER = "local_entry.handler"

# What the emulator's IAM asks for where AWS asks for the action on the left: its own name of the
# action, and the resource if it does not know which one a call is about.
EMULATOR_ASKS = {
    # AWS asks by the kind of each statement and its table, the emulator by the name of the call.
    "dynamodb:PartiQLUpdate": ("dynamodb:BatchExecuteStatement", "*"),
    # On AWS the right to send one message is the right to send a batch.
    "sqs:SendMessage": ("sqs:SendMessageBatch", None),
    # It knows no identities that emails are sent as, nor who an email is from.
    "ses:SendEmail": ("ses:SendEmail", "*"),
}


_ANY, _ANY_METHOD = "ANY", "x-amazon-apigateway-any-method"
_A_DAY_IN_MINUTES = 24 * 60  # the longest there is


def expand(path: Path, *, bucket: str, key: str, region: str) -> Template:
    """Translate the SAM template at `path`, nested ones included, to CloudFormation, offline.

    The functions' code is taken from `key` in `bucket`.
    """
    # Both take a second to import: only who builds a stack pays for that.
    import boto3
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.yaml_helper import yaml_parse

    source = yaml_parse(path.read_text("utf-8"))
    for resource in source["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    managed_policies = {
        name: f"arn:aws:iam::aws:policy/service-role/{name}"
        for name in ("AWSLambdaBasicExecutionRole", "AWSLambdaSQSQueueExecutionRole")
    }
    session = boto3.Session(region_name=region)
    translator = Translator(managed_policies, Parser(), boto_session=session)
    expanded = translator.translate(sam_template=source, parameter_values={})
    # The translator shares parts (environments above all) between resources: separate them.
    separate: Template = json.loads(json.dumps(expanded, default=str))
    inline_nested(separate, path.parent, lambda text: json.loads(json.dumps(yaml_parse(text))))
    return separate


def localise(
    template: Template,
    *,
    environment: Mapping[str, str],
    replaced: Mapping[str, str],
    parameters: Mapping[str, str],
    visibility_seconds: Mapping[str, int],
) -> Template:
    """Fit an expanded template to the emulator, in place.

    `environment` is added to every function, `replaced` takes the place of variables that it has;
    `parameters` are the stack's, where they differ from their defaults; `visibility_seconds` maps
    logical ids of queues.
    """
    replace_variables(template, replaced)
    wrap_handlers(template, environment)
    leave_out_rollout(template)
    call_functions_themselves(template)
    disable_schedules(template)
    shorten_visibility(template, visibility_seconds)
    settle_concurrency(template, parameters)
    spell_out_apis(template)
    let_passwords_sign_in(template)
    allow_plain_http(template)
    leave_out_reckoned_alarms(template)
    grant_emulator_actions(template)
    return template


def resources(template: Template, kind: str) -> Iterator[tuple[str, Resource]]:
    """Yield logical id and properties of every resource of a type."""
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield logical_id, resource.setdefault("Properties", {})


def wrap_handlers(template: Template, environment: Mapping[str, str]) -> None:
    """Start every function through the local entry point, which puts the local clock in."""
    for logical_id, function in resources(template, "AWS::Lambda::Function"):
        variables = function.setdefault("Environment", {}).setdefault("Variables", {})
        variables.update(environment)
        variables["LOCAL_FUNCTION"] = logical_id
        variables["LOCAL_HANDLER"] = function["Handler"]
        function["Handler"] = LOCAL_HANDLER


def leave_out_rollout(template: Template) -> None:
    """Leave out what shifts requests from one release to the next: the emulator does not."""
    for kind in ("AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup"):
        for logical_id, _ in list(resources(template, kind)):
            del template["Resources"][logical_id]
    for alias in template["Resources"].values():
        if alias["Type"] == "AWS::Lambda::Alias":
            alias.pop("UpdatePolicy", None)


def call_functions_themselves(template: Template) -> None:
    """Leave out versions and aliases: nothing is kept warm under two names."""
    functions = {
        alias: properties["FunctionName"]["Ref"]
        for alias, properties in resources(template, "AWS::Lambda::Alias")
    }
    for kind in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        for logical_id, _ in list(resources(template, kind)):
            del template["Resources"][logical_id]
    text = json.dumps(template)
    for alias, function in functions.items():
        text = text.replace(f'{{"Ref": "{alias}"}}', f'{{"Ref": "{function}"}}')
        text = text.replace(f"${{{alias}}}", f"${{{function}.Arn}}")
    template.clear()
    template.update(json.loads(text))


def replace_variables(template: Template, values: Mapping[str, str]) -> None:
    """Lead each function that calls the gateway or shows its card form to the stand-in."""
    for _, function in resources(template, "AWS::Lambda::Function"):
        variables = function.get("Environment", {}).get("Variables", {})
        variables.update({name: value for name, value in values.items() if name in variables})


def disable_schedules(template: Template) -> None:
    """Let nothing run by itself: the schedule follows real time, the local clock does not."""
    for _, schedule in resources(template, "AWS::Scheduler::Schedule"):
        schedule["State"] = "DISABLED"


def shorten_visibility(template: Template, seconds: Mapping[str, int]) -> None:
    """Bring failed messages back soon: locally the wait is real time and somebody watches."""
    for logical_id, queue in resources(template, "AWS::SQS::Queue"):
        if logical_id in seconds:
            queue["VisibilityTimeout"] = seconds[logical_id]


def settle_concurrency(template: Template, parameters: Mapping[str, str]) -> None:
    """Replace a concurrency given by a parameter by its number.

    The emulator keeps the parameter's text and then cannot compare it; nothing would be polled.
    """
    for _, mapping in resources(template, "AWS::Lambda::EventSourceMapping"):
        scaling = mapping.get("ScalingConfig", {})
        concurrency = scaling.get("MaximumConcurrency")
        if isinstance(concurrency, dict):
            name = concurrency["Ref"]
            scaling["MaximumConcurrency"] = int(
                parameters.get(name, template["Parameters"][name].get("Default"))
            )


def spell_out_apis(template: Template) -> None:
    """Make a resource of each route, since the emulator does not read an API's OpenAPI body."""
    for logical_id, api in list(resources(template, "AWS::ApiGatewayV2::Api")):
        body = api.pop("Body", None)
        api.pop("FailOnWarnings", None)
        if body is not None:
            api |= {"Name": logical_id, "ProtocolType": "HTTP"}
            schemes = body.get("components", {}).get("securitySchemes", {})
            template["Resources"].update(_authorizers(logical_id, schemes))
            template["Resources"].update(_routes(logical_id, body["paths"]))


def _authorizers(api: str, schemes: Mapping[str, Any]) -> dict[str, Resource]:
    """What checks tokens, by the name that routes know it under."""
    return {
        f"{api}Authorizer{name}": _api_part(
            "Authorizer",
            api,
            Name=name,
            AuthorizerType="JWT",
            IdentitySource=[scheme["x-amazon-apigateway-authorizer"]["identitySource"]],
            JwtConfiguration={
                key.capitalize(): value
                for key, value in scheme["x-amazon-apigateway-authorizer"][
                    "jwtConfiguration"
                ].items()
            },
        )
        for name, scheme in schemes.items()
    }


def _routes(api: str, paths: Mapping[str, Mapping[str, Any]]) -> dict[str, Resource]:
    """The routes of an API, and one integration a function."""
    made: dict[str, Resource] = {}
    integrations: dict[str, str] = {}
    for path, operations in paths.items():
        for method, operation in operations.items():
            target = operation["x-amazon-apigateway-integration"]
            name = integrations.setdefault(
                json.dumps(target["uri"]), f"{api}Integration{len(integrations)}"
            )
            made[name] = _api_part(
                "Integration",
                api,
                IntegrationType="AWS_PROXY",
                IntegrationUri=target["uri"],
                PayloadFormatVersion=target["payloadFormatVersion"],
            )
            made[f"{api}Route{len(made)}"] = _api_part(
                "Route",
                api,
                RouteKey=_route_key(
                    method, path, is_default=operation.get("isDefaultRoute", False)
                ),
                Target={"Fn::Sub": f"integrations/${{{name}}}"},
                **_checked_by(api, operation.get("security", [])),
            )
    return made


def _route_key(method: str, path: str, *, is_default: bool) -> str:
    return (
        "$default" if is_default else f"{_ANY if method == _ANY_METHOD else method.upper()} {path}"
    )


def _checked_by(api: str, security: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What a route says of who checks its tokens."""
    for name in (name for each in security for name in each):
        authorizer = {"Ref": f"{api}Authorizer{name}"}
        return {"AuthorizationType": "JWT", "AuthorizerId": authorizer}
    return {}


def _api_part(kind: str, api: str, **properties: Any) -> Resource:
    return {
        "Type": f"AWS::ApiGatewayV2::{kind}",
        "Properties": {"ApiId": {"Ref": api}, **properties},
    }


def let_passwords_sign_in(template: Template) -> None:
    """Let tests and the console get a token without a browser, and keep it for a day."""
    for _, client in resources(template, "AWS::Cognito::UserPoolClient"):
        client["ExplicitAuthFlows"].append("ALLOW_ADMIN_USER_PASSWORD_AUTH")
        client["IdTokenValidity"] = client["AccessTokenValidity"] = _A_DAY_IN_MINUTES


def allow_plain_http(template: Template) -> None:
    """Leave out the refusal of plain HTTP: loopback is all the emulator speaks."""
    for kind in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy"):
        for logical_id, policy in list(resources(template, kind)):
            document = policy["PolicyDocument"]
            document["Statement"] = [
                statement
                for statement in document["Statement"]
                if "aws:SecureTransport" not in statement.get("Condition", {}).get("Bool", {})
            ]
            if not document["Statement"]:
                del template["Resources"][logical_id]


def leave_out_reckoned_alarms(template: Template) -> None:
    """Leave out alarms on what is reckoned from several metrics: the emulator refuses them."""
    for logical_id, alarm in list(resources(template, "AWS::CloudWatch::Alarm")):
        if "Metrics" in alarm:
            del template["Resources"][logical_id]


def grant_emulator_actions(template: Template) -> None:
    """Grant beside what AWS asks for what the emulator's IAM asks for instead."""
    for _, role in resources(template, "AWS::IAM::Role"):
        for policy in role.get("Policies", []):
            statements = policy["PolicyDocument"]["Statement"]
            for statement in list(statements):
                actions = statement.get("Action", [])
                for action in [actions] if isinstance(actions, str) else actions:
                    if action in EMULATOR_ASKS:
                        statements.append(_emulator_statement(statement, action))


def _emulator_statement(statement: Mapping[str, Any], action: str) -> dict[str, Any]:
    emulator_action, resource = EMULATOR_ASKS[action]
    return {
        "Sid": statement["Sid"],
        "Effect": statement["Effect"],
        "Action": emulator_action,
        "Resource": resource or statement["Resource"],
    }
