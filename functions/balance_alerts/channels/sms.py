"""Texts, through Amazon SNS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from balance_alerts.channels.provider_errors import classify, delivery_of
from balance_alerts.domain.delivery import Delivery, SendOutcome

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

_INVALID_PARAMETER_CODES = frozenset({"InvalidParameter", "ParameterValueInvalid"})
_ABOUT_THE_NUMBER = re.compile(r"invalid parameter:? phone ?number", re.IGNORECASE)
"""SNS has one code for every bad parameter; only its text says which. A bad origination number or
message is ours to mend and must not mark the patient's number."""


class TextChannel:
    """Hands texts to SNS and says what became of each. Safe to share between threads."""

    def __init__(self, client: SNSClient, origination_number: str | None = None) -> None:
        """Take a client built with `limits.client_config()`, so that nothing is sent twice.

        Without an origination number (E.164) SNS picks one of the AWS account's.
        """
        self._client = client
        self._attributes: dict[str, MessageAttributeValueTypeDef] = {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
        }
        if origination_number:
            self._attributes["AWS.MM.SMS.OriginationNumber"] = {
                "DataType": "String",
                "StringValue": origination_number,
            }

    def send(self, number: str, body: str) -> Delivery:
        """Send one text to an E.164 number. Never raises, never tries twice."""
        try:
            answer = self._client.publish(
                PhoneNumber=number, Message=body, MessageAttributes=self._attributes
            )
        except Exception as error:
            return classify(error, _refusal)
        return delivery_of(answer.get("MessageId"))

    def reconnect(self) -> None:
        """Drop idle connections, as after a pause.

        The provider closes them meanwhile; a message written into a closed one is neither sent
        nor known not to be.
        """
        self._client.close()


def _refusal(code: str, message: str) -> Delivery | None:
    if code in _INVALID_PARAMETER_CODES and _ABOUT_THE_NUMBER.search(message):
        return Delivery(SendOutcome.REFUSED, detail="invalid_number")
    if code in ("OptedOut", "OptedOutException"):
        return Delivery(SendOutcome.REFUSED, detail="opted_out")
    return None
