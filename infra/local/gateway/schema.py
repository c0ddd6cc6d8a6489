"""The requests the gateway takes, with its schema's order of elements and their lengths.

The real gateway translates JSON to XML and validates that. What it says of a wrong order is
imitated closely, since that text is what somebody reads who got the order wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NAMESPACE = "AnetApi/xml/v1/schema/AnetApiSchema.xsd"


class SchemaError(Exception):
    """A request does not follow the schema; the message is the gateway's own (E00003)."""


@dataclass(frozen=True, slots=True)
class Text:
    """A simple element: its greatest length, and what it has to look like."""

    longest: int | None = None
    pattern: str = r"[\s\S]*"
    kind: str = "String"


@dataclass(frozen=True, slots=True)
class Sequence:
    """An element of elements in a fixed order. Those in `required` must be there."""

    elements: Mapping[str, Text | Sequence | Repeated]
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Repeated:
    """An element that may come several times in a row."""

    element: Sequence


_ANY = Text()
_DECIMAL = Text(pattern=r"[-+]?(\d+(\.\d*)?|\.\d+)", kind="decimal")
_BOOLEAN = Text(pattern=r"true|false|0|1|True|False", kind="boolean")
_NUMBER = Text(pattern=r"\d+", kind="NumericString")
_COUNT = Text(pattern=r"\d{1,6}", kind="Int")
_DATE_TIME = Text(
    pattern=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)?", kind="dateTime"
)


def _sequence(names: str, *required: str, **special: Text | Sequence | Repeated) -> Sequence:
    return Sequence({n: special.get(n, _ANY) for n in names.split()}, frozenset(required))


_AUTHENTICATION = _sequence(
    "name transactionKey sessionToken password impersonationAuthentication fingerPrint clientKey"
    " accessToken mobileDeviceId",
    name=Text(25),
    transactionKey=Text(16),
)
_PAYMENT = _sequence(
    "creditCard bankAccount trackData encryptedTrackData payPal opaqueData emv dataSource",
    opaqueData=_sequence(
        "dataDescriptor dataValue dataKey expirationTimeStamp", "dataDescriptor", "dataValue"
    ),
)
_ORDER = _sequence("invoiceNumber description", invoiceNumber=Text(20), description=Text(255))
_CUSTOMER = _sequence("type id email", id=Text(20), email=Text(255))
_BILL_TO = _sequence(
    "firstName lastName company address city state zip country phoneNumber faxNumber email",
    firstName=Text(50),
    lastName=Text(50),
    company=Text(50),
    address=Text(60),
    city=Text(40),
    state=Text(40),
    zip=Text(20),
    country=Text(60),
    phoneNumber=Text(25),
    faxNumber=Text(25),
)
_SETTINGS = _sequence(
    "setting", setting=Repeated(_sequence("settingName settingValue", "settingName"))
)
_TRANSACTION = _sequence(
    "transactionType amount currencyCode payment profile solution callId terminalNumber authCode"
    " refTransId splitTenderId order lineItems tax duty shipping taxExempt poNumber customer billTo"
    " shipTo customerIP cardholderAuthentication retail employeeId transactionSettings userFields"
    " surcharge merchantDescriptor subMerchant tip processingOptions subsequentAuthInformation"
    " otherTax shipFrom authorizationIndicatorType",
    "transactionType",
    amount=_DECIMAL,
    payment=_PAYMENT,
    order=_ORDER,
    poNumber=Text(25),
    customer=_CUSTOMER,
    billTo=_BILL_TO,
    transactionSettings=_SETTINGS,
)
_SORTING = _sequence(
    "orderBy orderDescending",
    "orderBy",
    "orderDescending",
    orderBy=Text(pattern="id|submitTimeUTC", kind="TransactionListOrderFieldEnum"),
    orderDescending=_BOOLEAN,
)
_PAGING = _sequence("limit offset", "limit", "offset", limit=_COUNT, offset=_COUNT)


def _request(names: str = "", *required: str, **special: Text | Sequence | Repeated) -> Sequence:
    return _sequence(
        f"merchantAuthentication clientId refId {names}",
        "merchantAuthentication",
        *required,
        merchantAuthentication=_AUTHENTICATION,
        clientId=Text(30),
        refId=Text(20),
        **special,
    )


REQUESTS = {
    "createTransactionRequest": _request(
        "transactionRequest", "transactionRequest", transactionRequest=_TRANSACTION
    ),
    "authenticateTestRequest": _request(),
    "getMerchantDetailsRequest": _request(),
    "getTransactionDetailsRequest": _request("transId", "transId", transId=_NUMBER),
    "getUnsettledTransactionListRequest": _request(
        "status sorting paging",
        status=Text(pattern="any|pendingApproval", kind="TransactionGroupStatusEnum"),
        sorting=_SORTING,
        paging=_PAGING,
    ),
    "getSettledBatchListRequest": _request(
        "includeStatistics firstSettlementDate lastSettlementDate",
        includeStatistics=_BOOLEAN,
        firstSettlementDate=_DATE_TIME,
        lastSettlementDate=_DATE_TIME,
    ),
    "getTransactionListRequest": _request(
        "batchId sorting paging", "batchId", batchId=_NUMBER, sorting=_SORTING, paging=_PAGING
    ),
    "securePaymentContainerRequest": _request(
        "data",
        "data",
        data=_sequence(
            "type id token",
            "type",
            "id",
            "token",
            token=_sequence("cardNumber expirationDate cardCode zip fullName", "cardNumber"),
        ),
    ),
}


def check(name: str, request: object) -> None:
    """Check a request against the schema.

    Raises:
        SchemaError: naming the element that is wrong, and those that could stand there.
    """
    _check_sequence(name, request, REQUESTS[name])


def _check(name: str, value: object, wanted: Text | Sequence | Repeated) -> None:
    if isinstance(wanted, Repeated):
        for each in value if isinstance(value, list) else [value]:
            _check_sequence(name, each, wanted.element)
    elif isinstance(wanted, Sequence):
        _check_sequence(name, value, wanted)
    else:
        _check_text(name, value, wanted)


def _check_sequence(name: str, value: object, wanted: Sequence) -> None:
    children = value if isinstance(value, dict) else {}
    names = list(wanted.elements)
    place = 0
    for child, content in children.items():
        if child not in names[place:]:
            raise SchemaError(
                f"The element '{name}' in namespace '{_NAMESPACE}' has invalid child element "
                f"'{child}' in namespace '{_NAMESPACE}'. {_expected(names[place:])}"
            )
        place = names.index(child) + 1
        _check(child, content, wanted.elements[child])
    missing = [child for child in names if child in wanted.required and child not in children]
    if missing:
        raise SchemaError(
            f"The element '{name}' in namespace '{_NAMESPACE}' has incomplete content. "
            f"{_expected(missing)}"
        )


def _expected(names: list[str]) -> str:
    return f"List of possible elements expected: '{', '.join(names)}' in namespace '{_NAMESPACE}'."


def _check_text(name: str, value: object, wanted: Text) -> None:
    text = as_text(value)
    where = f"The '{_NAMESPACE}:{name}' element is invalid - The value '{text}' is invalid"
    if wanted.longest is not None and len(text) > wanted.longest:
        raise SchemaError(
            f"{where} according to its datatype '{wanted.kind}' - "
            "The actual length is greater than the MaxLength value."
        )
    if not re.fullmatch(wanted.pattern, text, re.ASCII):
        raise SchemaError(
            f"{where} according to its datatype '{wanted.kind}' - "
            f"The string '{text}' is not a valid {wanted.kind} value."
        )


def as_text(value: object) -> str:
    """A JSON value as the text that XML would hold."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
