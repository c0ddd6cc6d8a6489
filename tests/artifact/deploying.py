"""Deploys what is built with the SAM command, as docs/operating.md tells, to the emulator."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import subprocess
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from infra.local.aws import settings
from infra.local.emulator import Emulator
from tests.artifact.built import REPOSITORY

_TOLD = re.compile(r"^    (\.venv-sam/bin/sam deploy .*)$", re.MULTILINE)
_DEPLOYED_WITHIN_SECONDS = 180


class Deployed:
    """A stack that the SAM command made."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.settings = settings(emulator)
        (self._command,) = _TOLD.findall((REPOSITORY / "docs/operating.md").read_text("utf-8"))
        words = shlex.split(self._command)
        self.name = words[words.index("--stack-name") + 1]

    def deploy(self, home: Path) -> str:
        """Run the command; returns what it printed. `home` keeps what SAM notes for itself."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "SAM_CLI_TELEMETRY": "0"}
        ended = subprocess.run(
            [*shlex.split(self._command), "--no-fail-on-empty-changeset", "--no-progressbar"],
            cwd=REPOSITORY,
            env=environment | self.settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_DEPLOYED_WITHIN_SECONDS,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout[-3000:] + self.emulator.log[-1000:]
        return ended.stdout

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.settings["AWS_ENDPOINT_URL"],
            region_name=self.settings["AWS_DEFAULT_REGION"],
            aws_access_key_id=self.settings["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.settings["AWS_SECRET_ACCESS_KEY"],
        )

    @cached_property
    def outputs(self) -> dict[str, str]:
        (stack,) = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    @cached_property
    def functions(self) -> dict[str, str]:
        """The functions' own names, by logical id."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.name)
            for each in page["StackResourceSummaries"]
            if each["ResourceType"] == "AWS::Lambda::Function"
        }

    def environment(self, function: str) -> dict[str, str]:
        """What Lambda tells a function: as it is deployed, and where the emulator is."""
        found = self.client("lambda").get_function_configuration(FunctionName=function)
        return {
            **found["Environment"]["Variables"],
            **self.settings,
            "AWS_REGION": self.settings["AWS_DEFAULT_REGION"],
            "AWS_LAMBDA_FUNCTION_NAME": function,
        }

    def invoke(self, logical_id: str, event: dict[str, Any]) -> Any:
        answer = self.client("lambda").invoke(
            FunctionName=self.functions[logical_id], Payload=json.dumps(event).encode()
        )
        result = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, result
        return result

    def get(self, path: str) -> tuple[int, str]:
        """What the API answers."""
        address = urlsplit(self.settings["AWS_ENDPOINT_URL"])
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
        host = f"{self.outputs['ApiId']}.execute-api.{address.netloc}"
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def texts(self) -> list[str]:
        """The texts that went out."""
        address = urlsplit(self.settings["AWS_ENDPOINT_URL"])
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
        connection.request("GET", "/_ministack/sns/sms-messages")
        sent = json.loads(connection.getresponse().read())["sms_messages"]
        connection.close()
        return [each["Message"] for some in sent.values() for each in some]
