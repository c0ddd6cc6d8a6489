"""How a deployment is begun: what samconfig.toml says, and when `make deploy` asks."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from infra.deploy_answers import ASKED, answers, missing
from tests.template.loading import TEMPLATE, Template

SAMCONFIG = TEMPLATE.parent / "samconfig.toml"
ANSWERED = " ".join(f'{name}="x"' for name in ASKED)


@pytest.fixture(scope="module")
def samconfig() -> str:
    return SAMCONFIG.read_text("utf-8")


@pytest.fixture(scope="module")
def told(samconfig: str) -> dict[str, Any]:
    return tomllib.loads(samconfig)


def test_what_is_asked_for_is_what_has_no_default(template: Template) -> None:
    required = {name for name, each in template.parameters.items() if "Default" not in each}
    assert set(ASKED) == required


@pytest.mark.parametrize(
    ("overrides", "asked"),
    [
        pytest.param("", list(ASKED), id="fresh"),
        pytest.param("parameter_overrides = ['RequireMfa=true']", list(ASKED), id="others"),
        pytest.param(f"parameter_overrides = '{ANSWERED}'", [], id="as SAM keeps them"),
        pytest.param(f"parameter_overrides = {[f'{name}=x' for name in ASKED]}", [], id="list"),
        pytest.param(
            "parameter_overrides = '{}'".format(ANSWERED.replace('PublicUrl="x"', 'PublicUrl=""')),
            ["PublicUrl"],
            id="empty",
        ),
    ],
)
def test_who_has_answered_is_not_asked_again(overrides: str, asked: list[str]) -> None:
    samconfig = f"[prod.deploy.parameters]\n{overrides}\n"
    assert missing(samconfig, "prod") == asked
    assert missing(samconfig, "dev") == list(ASKED)


@pytest.mark.parametrize("environment", ["default", "dev", "prod"])
def test_every_environment_may_make_the_stack_s_roles_and_no_more(
    told: dict[str, Any], environment: str
) -> None:
    assert told[environment]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_what_is_said_is_allowed(samconfig: str, template: Template, environment: str) -> None:
    for name, value in answers(samconfig, environment).items():
        parameter = template.parameters[name]
        assert value in [str(each) for each in parameter.get("AllowedValues", [value])], name
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), value), name


def test_trying_things_takes_no_money_and_leaves_the_one_text_log_alone(
    samconfig: str, told: dict[str, Any]
) -> None:
    dev, prod = answers(samconfig, "dev"), answers(samconfig, "prod")
    assert (dev["GatewayEnvironment"], dev["OwnsTextLog"]) == ("sandbox", "false")
    assert prod["GatewayEnvironment"] == "production"
    assert told["prod"]["deploy"]["parameters"]["confirm_changeset"]
    names = [told[name]["global"]["parameters"]["stack_name"] for name in ("dev", "prod")]
    assert len(set(names)) == 2
