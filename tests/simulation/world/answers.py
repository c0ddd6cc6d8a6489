"""Answers of AWS services, as botocore reads them off the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSResponse

XML = "text/xml"


class _Body(BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


def answer(content: bytes, status: int = 200, **headers: str) -> AWSResponse:
    """Any answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return AWSResponse("https://aws.example", status, named, _Body(content))


def of_json(content: Any, status: int = 200, **headers: str) -> AWSResponse:
    """JSON."""
    return answer(
        json.dumps(content).encode(), status, content_type="application/x-amz-json-1.0", **headers
    )


def of_xml(operation: str, result: str) -> AWSResponse:
    """The XML of SNS."""
    body = (
        f'<{operation}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/">'
        f"<{operation}Result>{result}</{operation}Result>"
        f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{operation}Response>"
    )
    return answer(body.encode(), content_type=XML)


def refusal(
    service: str, code: str, message: str = "", status: int = 400, **more: Any
) -> AWSResponse:
    """An error, in the words of a service."""
    if service == "sns":
        kind = "Sender" if status < 500 else "Receiver"
        body = (
            '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error>'
            f"<Type>{kind}</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
            "<RequestId>r</RequestId></ErrorResponse>"
        )
        return answer(body.encode(), status, content_type=XML)
    if service == "s3":
        body = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        return answer(body.encode(), status, content_type="application/xml")
    content = {"__type": f"com.amazonaws#{code}", "message": message, **more}
    return of_json(content, status, x_amzn_errortype=code)
