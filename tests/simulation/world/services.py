"""AWS services other than those that reach patients, as the stack meets them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import md5
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse

from tests.simulation.dynamo.errors import Refused
from tests.simulation.world.answers import answer, of_json, refusal
from tests.simulation.world.queue import Queue

if TYPE_CHECKING:
    from tests.simulation.world.world import World


class Services:
    """Answers requests by the state of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._services: dict[str, Callable[[str, Any], AWSResponse]] = {
            "dynamodb": self._dynamodb,
            "sns": world.providers.sns,
            "sesv2": world.providers.ses,
            "sqs": self._sqs,
            "lambda": self._lambda,
            "secrets-manager": self._secrets,
            "s3": self._s3,
        }

    def answer(self, service: str, operation: str, request: Any) -> AWSResponse:
        """Do what is asked."""
        return self._services[service](operation, request)

    def _dynamodb(self, operation: str, request: Any) -> AWSResponse:
        return self._asked_table(operation, json.loads(request.body))

    def _asked_table(self, operation: str, asked: dict[str, Any]) -> AWSResponse:
        try:
            return of_json(self.world.subset.answer(operation, asked))
        except Refused as refused:
            return refusal("dynamodb", refused.code, refused.message, **refused.more)

    def in_part(self, operation: str, request: Any) -> AWSResponse:
        """Let a batch be done in part; a query gives a page of one."""
        asked = json.loads(request.body)
        if operation == "BatchGetItem":
            ((name, wanted),) = asked["RequestItems"].items()
            keys = wanted["Keys"]
            half = len(keys) // 2
            asked["RequestItems"] = {name: {**wanted, "Keys": keys[:half]}}
            found = {"Responses": {name: []}}
            if half:
                found = self.world.subset.answer(operation, asked)
            return of_json({**found, "UnprocessedKeys": {name: {**wanted, "Keys": keys[half:]}}})
        if operation == "BatchWriteItem":
            ((name, puts),) = asked["RequestItems"].items()
            half = len(puts) // 2
            if half:
                self.world.subset.answer(operation, {"RequestItems": {name: puts[:half]}})
            return of_json({"UnprocessedItems": {name: puts[half:]}})
        if operation == "BatchExecuteStatement":
            return of_json({"Responses": [self._statement(each) for each in asked["Statements"]]})
        if operation == "SendMessageBatch":
            kept, failed = asked["Entries"][1:], asked["Entries"][:1]
            for entry in kept:
                self._queue(asked).send(entry["MessageBody"])
            return of_json(
                {
                    "Successful": [{"Id": one["Id"], "MessageId": "m"} for one in kept],
                    "Failed": [{"Id": one["Id"], "Code": "InternalError"} for one in failed],
                }
            )
        return self._asked_table(operation, {**asked, "Limit": 1})

    def _statement(self, statement: dict[str, Any]) -> dict[str, Any]:
        """One statement of a batch: done, throttled, or done and answered with an error."""
        chance = self.world.scheduler.random.random()
        if chance < 0.3:
            return {"Error": {"Code": "ThrottlingError", "Message": "later"}}
        [answer] = self.world.subset.answer("BatchExecuteStatement", {"Statements": [statement]})[
            "Responses"
        ]
        return {"Error": {"Code": "InternalServerError", "Message": ""}} if chance < 0.6 else answer

    def _sqs(self, operation: str, request: Any) -> AWSResponse:
        asked = json.loads(request.body)
        queue = self._queue(asked)
        if operation == "SendMessage":
            queue.send(asked["MessageBody"], delay=asked.get("DelaySeconds", 0))
            return of_json({"MessageId": "m"})
        assert operation == "SendMessageBatch"
        for entry in asked["Entries"]:
            queue.send(entry["MessageBody"])
        taken = [{"Id": entry["Id"], "MessageId": "m"} for entry in asked["Entries"]]
        return of_json({"Successful": taken})

    def _queue(self, asked: dict[str, Any]) -> Queue:
        return self.world.queues[asked["QueueUrl"].rsplit("/", 1)[1]]

    def _lambda(self, operation: str, request: Any) -> AWSResponse:
        """Another function, started by one: waited for, or not."""
        assert operation == "Invoke"
        found = re.search(r"/functions/([^/]+)/", request.url)
        assert found is not None
        event = json.loads(request.body)
        current = self.world.scheduler.current
        assert current is not None
        invocation, task = self.world.start(found[1], event, current.life.invocation)
        if request.headers.get("X-Amz-Invocation-Type") == "Event":
            return of_json({}, 202)
        self.world.scheduler.join([task])
        if invocation.outcome != "done":
            return of_json({"errorMessage": "killed"}, x_amz_function_error="Unhandled")
        return of_json(invocation.result)

    def _secrets(self, operation: str, request: Any) -> AWSResponse:
        asked = json.loads(request.body)
        if operation == "CreateSecret":
            self.world.secrets[asked["Name"]] = asked["SecretString"]
            return of_json({"Name": asked["Name"]})
        if operation == "DeleteSecret":
            return of_json({})
        secret = self.world.secrets.get(asked["SecretId"])
        if secret is None:
            return refusal("secretsmanager", "ResourceNotFoundException")
        return of_json({"SecretString": secret})

    def _s3(self, operation: str, request: Any) -> AWSResponse:
        """A file, what is to be known of it, or one that a job made."""
        if operation == "PutObject":
            return answer(b"", ETag=md5(request.url.encode()).hexdigest())
        content = self.world.bucket.get(request.url[request.url.index("imports/") :])
        if content is None:
            return refusal("s3", "NoSuchKey", status=404)
        etag = md5(content).hexdigest()
        if operation == "HeadObject":
            return answer(b"", ETag=etag, Content_Length=str(len(content)))
        assert operation == "GetObject"
        span = str(request.headers["Range"], "ascii").removeprefix("bytes=")
        first, last = map(int, span.split("-"))
        part = content[first : last + 1]
        return answer(part, 206, ETag=etag, Content_Length=str(len(part)))
