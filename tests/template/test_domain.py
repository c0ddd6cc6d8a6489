"""The domain of PublicUrl: made by the stack where it is told how, left alone otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from tests.template.loading import Template

HOST = {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "PublicUrl"}]}]}
MADE = {
    "Certificate": "MakesCertificate",
    "PublicDomain": "AnswersAtDomain",
    "PublicDomainMapping": "AnswersAtDomain",
    "PublicDomainRecord": "ZoneIsGiven",
}
ZONE, CERTIFICATE = "Z0123456789", "arn:aws:acm:us-east-1:123456789012:certificate/a-b"


def holds(template: Template, condition: Any, given: dict[str, str]) -> bool:
    """Whether a condition of the template holds for these parameters."""
    ((function, argument),) = condition.items()
    if function == "Condition":
        return holds(template, template.body["Conditions"][argument], given)
    if function == "Fn::Equals":
        left, right = (given[each["Ref"]] if isinstance(each, dict) else each for each in argument)
        return left == right
    parts = [holds(template, each, given) for each in argument]
    return {"Fn::Not": lambda: not parts[0], "Fn::And": lambda: all(parts)}.get(
        function, lambda: any(parts)
    )()


@pytest.mark.parametrize(
    ("zone", "certificate", "made"),
    [
        pytest.param("", "", set(), id="kept elsewhere"),
        pytest.param(ZONE, "", set(MADE), id="zone"),
        pytest.param(ZONE, CERTIFICATE, set(MADE) - {"Certificate"}, id="zone and certificate"),
        pytest.param(
            "", CERTIFICATE, {"PublicDomain", "PublicDomainMapping"}, id="certificate alone"
        ),
    ],
)
def test_as_much_is_made_as_is_told(
    template: Template, zone: str, certificate: str, made: set[str]
) -> None:
    given = {"HostedZoneId": zone, "CertificateArn": certificate}
    resources = template.body["Resources"]
    assert {name: resources[name]["Condition"] for name in MADE} == MADE
    assert made == {
        name for name, told in MADE.items() if holds(template, {"Condition": told}, given)
    }


def test_everything_is_about_the_host_of_the_public_url(template: Template) -> None:
    certificate = template.properties("Certificate")
    assert certificate["DomainName"] == HOST
    assert certificate["DomainValidationOptions"] == [
        {"DomainName": HOST, "HostedZoneId": {"Ref": "HostedZoneId"}}
    ]
    assert template.properties("PublicDomain")["DomainName"] == HOST
    assert template.properties("PublicDomainRecord")["Name"] == HOST


def test_old_tls_is_not_spoken(template: Template) -> None:
    (configuration,) = template.properties("PublicDomain")["DomainNameConfigurations"]
    assert configuration["SecurityPolicy"] == "TLS_1_2"
