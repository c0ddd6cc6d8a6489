"""Puts the stack of `template.yaml` on a running emulator."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local import template as local_template
from infra.local.artifact import build_archive
from infra.local.emulator import REGION

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

REPOSITORY = Path(__file__).resolve().parents[2]
STACK_NAME = "balance-alerts"

_BUCKET = "local-deployment"
_CODE_KEY = "functions.zip"
_TEMPLATE_KEY = "template.json"
_DEPLOYED_WITHIN_SECONDS = 60.0

ClientFactory = Callable[[str], Any]


class DeployError(RuntimeError):
    """The stack could not be created; the message names each resource that failed and why."""


def expanded_template(path: Path) -> local_template.Template:
    """Return the template as CloudFormation; the expansion is kept until the template changes."""
    nested = sorted((path.parent / "infra").glob("*.yaml"))
    content = b"".join(each.read_bytes() for each in (path, *nested))
    content += version("aws-sam-translator").encode()
    digest = hashlib.sha256(content).hexdigest()[:16]
    kept = Path(sys.prefix) / "balance-alerts-cache" / f"template-{digest}.json"
    try:
        found: local_template.Template = json.loads(kept.read_text("utf-8"))
        return found
    except (OSError, ValueError):
        pass
    template = local_template.expand(path, bucket=_BUCKET, key=_CODE_KEY, region=REGION)
    _keep(kept, json.dumps(template))
    return template


def _keep(path: Path, text: str) -> None:
    """Write a cache file whole or not at all; a read-only environment is no reason to fail."""
    try:
        path.parent.mkdir(exist_ok=True)
        fresh = path.with_name(f"{path.name}.{time.monotonic_ns()}")
        fresh.write_text(text, "utf-8")
        fresh.replace(path)
    except OSError:
        pass


def deploy(
    client: ClientFactory,
    *,
    template: local_template.Template,
    parameters: Mapping[str, str],
    functions: Path = REPOSITORY / "functions",
) -> dict[str, str]:
    """Create the stack from a localised template and return its outputs."""
    s3 = client("s3")
    s3.create_bucket(Bucket=_BUCKET)
    s3.put_object(Bucket=_BUCKET, Key=_CODE_KEY, Body=build_archive(functions))
    s3.put_object(Bucket=_BUCKET, Key=_TEMPLATE_KEY, Body=json.dumps(template).encode())
    known = template.get("Parameters", {})
    cloudformation: CloudFormationClient = client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK_NAME,
        # By address, since a template in the request itself may have 51,200 bytes at most.
        TemplateURL=f"{s3.meta.endpoint_url}/{_BUCKET}/{_TEMPLATE_KEY}",
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in parameters.items()
            if name in known
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    return _wait_created(cloudformation)


def _wait_created(cloudformation: CloudFormationClient) -> dict[str, str]:
    deadline = time.monotonic() + _DEPLOYED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return {
                output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])
            }
        if stack["StackStatus"] != "CREATE_IN_PROGRESS":
            break
        time.sleep(0.02)
    raise DeployError("the stack was not created:\n" + "\n".join(_failures(cloudformation)))


def _failures(cloudformation: CloudFormationClient) -> list[str]:
    events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    return [
        f"{event.get('LogicalResourceId')}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event.get("ResourceStatus", "").endswith("FAILED")
    ]
