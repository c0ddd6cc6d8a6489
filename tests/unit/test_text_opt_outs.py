from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from balance_alerts.channels.text_opt_outs import TextOptOuts
from balance_alerts.domain.errors import RuleError

NUMBER = "+13035550101"


@pytest.fixture
def sns() -> Any:
    session = botocore.session.get_session()
    return session.create_client(
        "sns", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )


@pytest.fixture
def answers(sns: Any) -> Stubber:
    """AWS, which has the number on its list and now answers the wish to take it off."""
    stubber = Stubber(sns)
    stubber.activate()
    stubber.add_response("check_if_phone_number_is_opted_out", {"isOptedOut": True})
    return stubber


def test_aws_takes_a_number_off_once_in_thirty_days(sns: Any, answers: Stubber) -> None:
    answers.add_client_error("opt_in_phone_number", "InvalidParameter", http_status_code=400)
    with pytest.raises(RuleError) as raised:
        TextOptOuts(sns).take_off(NUMBER)
    assert raised.value.code == "opt_in_refused"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AuthorizationError", 403),
        ("AuthorizationError", 400),
        ("AccessDeniedException", 400),
        ("Throttled", 429),
        ("InternalError", 500),
    ],
)
def test_what_says_nothing_of_the_number_is_no_refusal_of_it(
    sns: Any, answers: Stubber, code: str, status: int
) -> None:
    """A patient who is told to text START could not mend a right that is missing."""
    answers.add_client_error("opt_in_phone_number", code, http_status_code=status)
    with pytest.raises(ClientError):
        TextOptOuts(sns).take_off(NUMBER)
