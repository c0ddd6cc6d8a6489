"""How a deployment is begun: what samconfig.toml says, and when `make deploy` asks."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from infra.deploy_answers import ASKED, SAMCONFIG, missing
from tests.template.loading import Template

ANSWERED = " ".join(f'{name}="x"' for name in ASKED)


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return tomllib.loads(SAMCONFIG.read_text("utf-8"))


def test_what_is_asked_for_is_what_has_no_default(template: Template) -> None:
    required = {name for name, each in template.parameters.items() if "Default" not in each}
    assert set(ASKED) == required


@pytest.mark.parametrize("environment", ["default", "dev", "prod", "another"])
def test_a_fresh_clone_is_asked(environment: str) -> None:
    assert missing(SAMCONFIG.read_text("utf-8"), environment) == list(ASKED)


@pytest.mark.parametrize(
    "overrides",
    [
        pytest.param(f"parameter_overrides = '{ANSWERED}'", id="as SAM keeps them"),
        pytest.param(f"parameter_overrides = {[f'{name}=x' for name in ASKED]}", id="as a list"),
    ],
)
def test_who_has_answered_is_not_asked_again(overrides: str) -> None:
    samconfig = f"[prod.deploy.parameters]\n{overrides}\n"
    assert missing(samconfig, "prod") == []
    assert missing(samconfig, "dev") == list(ASKED)
    assert missing(samconfig.replace("SignInDomain", "Other"), "prod") == ["SignInDomain"]


@pytest.mark.parametrize("environment", ["default", "dev", "prod"])
def test_every_environment_may_make_the_stack_s_roles_and_no_more(
    told: dict[str, Any], environment: str
) -> None:
    assert told[environment]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_what_is_said_beforehand_is_allowed(
    told: dict[str, Any], template: Template, environment: str
) -> None:
    for answer in told[environment]["deploy"]["parameters"]["parameter_overrides"]:
        name, _, value = answer.partition("=")
        allowed = [str(each) for each in template.parameters[name]["AllowedValues"]]
        assert value in allowed, answer


def test_trying_things_takes_no_money_and_leaves_the_one_text_log_alone(
    told: dict[str, Any],
) -> None:
    dev, prod = (told[name]["deploy"]["parameters"] for name in ("dev", "prod"))
    assert {"GatewayEnvironment=sandbox", "OwnsTextLog=false"} <= set(dev["parameter_overrides"])
    assert "GatewayEnvironment=production" in prod["parameter_overrides"]
    assert prod["confirm_changeset"]
    assert told["dev"]["global"] != told["prod"]["global"]
