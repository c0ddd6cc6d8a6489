"""A running stack gets its domain by an update in place, and answers there with its data kept."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from infra.local.deploy import STACK_NAME
from infra.local.stack import LocalStack
from infra.local.waiting import wait_until
from tests.builders import practice as a_practice

HOST = "pay.example.com"


def page(stack: LocalStack, code: str) -> http.client.HTTPResponse:
    """What the emulator's API Gateway answers to whoever asks for the domain."""
    connection = http.client.HTTPConnection(urlsplit(stack.endpoint_url).netloc, timeout=30)
    connection.request("GET", f"/a/{code}{'x' * 22}", headers={"Host": HOST})
    return connection.getresponse()


def test_public_url_works_after_one_deployment() -> None:
    with LocalStack() as stack:
        practice = a_practice()
        stack.wiring.practices.create(practice)
        dns, cloudformation = stack.client("route53"), stack.client("cloudformation")
        zone = dns.create_hosted_zone(Name="example.com", CallerReference="test")["HostedZone"]
        told = stack.parameters() | {
            "PublicUrl": f"https://{HOST}",
            "HostedZoneId": zone["Id"].rpartition("/")[2],
        }
        cloudformation.update_stack(
            StackName=STACK_NAME,
            UsePreviousTemplate=True,
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in told.items()],
            Capabilities=["CAPABILITY_IAM"],
        )

        def state() -> dict[str, object]:
            (found,) = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"]
            return found

        wait_until(
            lambda: state()["StackStatus"] != "UPDATE_IN_PROGRESS", "the update", within_seconds=60
        )
        updated = state()
        assert updated["StackStatus"] == "UPDATE_COMPLETE"
        outputs = {each["OutputKey"]: each["OutputValue"] for each in updated["Outputs"]}
        assert outputs["ConsoleUrl"] == f"https://{HOST}/console/"

        records = dns.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        (record,) = [each for each in records if each["Name"] == f"{HOST}."]
        assert record["AliasTarget"]["DNSName"] == f"{outputs['PublicDomainTarget']}."

        answer = page(stack, practice.code)
        assert answer.status == 200
        assert practice.display_name in answer.read().decode()
