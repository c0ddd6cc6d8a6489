"""What AWS asks, in US dollars, in us-east-1; every price with where it was read, and of when.

Looked up on 2026-11-28. AWS's own pages load their figures by script, so that most had to be read
where others quote them; `FREE` is left out: it is a few dollars, and not every account has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LOOKED_UP = "2026-11-28"


class Trust(StrEnum):
    """How sure a price is."""

    AWS = "AWS's page"
    QUOTED = "quoted elsewhere"
    UNVERIFIED = "not verified"


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for so many units of something."""

    what: str
    dollars: float
    per: float
    unit: str
    source: str
    of: str
    trust: Trust = Trust.QUOTED

    def of_units(self, units: float) -> float:
        """Dollars for so many units."""
        return units * self.dollars / self.per


MILLION = 1e6
_CALCULATOR = "AWS Pricing Calculator, calculator.aws: to be looked up there"

TABLE_READ = Price(
    "DynamoDB, read request units on demand", 0.125, MILLION, "units",
    "airbyte.com/data-engineering-resources/dynamodb-pricing", "July 2025",
)  # fmt: skip
TABLE_WRITE = Price(
    "DynamoDB, write request units on demand", 0.625, MILLION, "units",
    "airbyte.com/data-engineering-resources/dynamodb-pricing", "July 2025",
)  # fmt: skip
TABLE_STORAGE = Price(
    "DynamoDB, storage", 0.25, 1, "GB and month",
    "aws.amazon.com/dynamodb/pricing", "undated copy", Trust.AWS,
)  # fmt: skip
TABLE_RECOVERY = Price(
    "DynamoDB, point-in-time recovery", 0.20, 1, "GB and month",
    _CALCULATOR, "-", Trust.UNVERIFIED,
)  # fmt: skip
COMPUTE = Price(
    "Lambda, arm64", 0.0000133334, 1, "GB-seconds",
    "cloudchipr.com/blog/aws-lambda-pricing", "2024",
)  # fmt: skip
INVOCATIONS = Price(
    "Lambda, requests", 0.20, MILLION, "requests",
    "cloudchipr.com/blog/aws-lambda-pricing", "2024",
)  # fmt: skip
QUEUE = Price(
    "SQS, standard queue, with the surcharge for fair queues", 0.50, MILLION, "requests",
    "cloudburn.io/blog/amazon-sqs-pricing", "March 2026",
)  # fmt: skip
API = Price(
    "API Gateway, HTTP API", 1.00, MILLION, "requests",
    "awsforengineers.com/blog/aws-api-gateway-pricing-explained", "May 2025",
)  # fmt: skip
TRANSFER = Price(
    "Data sent to the internet", 0.09, 1, "GB",
    "awsforengineers.com/blog/aws-api-gateway-pricing-explained", "May 2025",
)  # fmt: skip
LOG_INGESTION = Price(
    "CloudWatch Logs, taken in", 0.50, 1, "GB",
    "factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards", "June 2026",
)  # fmt: skip
LOG_STORAGE = Price(
    "CloudWatch Logs, kept", 0.03, 1, "GB and month",
    "github.com/pitt-cic/smart-outreach-hub", "2025",
)  # fmt: skip
METRICS = Price(
    "CloudWatch, custom metrics", 0.30, 1, "metrics and month",
    "signoz.io/guides/cloudwatch-pricing", "February 2026",
)  # fmt: skip
ALARMS = Price(
    "CloudWatch, alarms", 0.10, 1, "metrics and month", _CALCULATOR, "-", Trust.UNVERIFIED
)
DASHBOARDS = Price(
    "CloudWatch, dashboards", 3.00, 1, "dashboards and month",
    "factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards", "June 2026",
)  # fmt: skip
KEY = Price(
    "KMS, customer managed key", 1.00, 1, "keys and month",
    "wring.co/blog/aws-kms-pricing-guide", "undated",
)  # fmt: skip
KEY_USE = Price(
    "KMS, requests", 0.03, 10_000, "requests", "wring.co/blog/aws-kms-pricing-guide", "undated"
)
SECRET = Price(
    "Secrets Manager, secrets", 0.40, 1, "secrets and month",
    "hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms", "undated",
)  # fmt: skip
SECRET_USE = Price(
    "Secrets Manager, requests", 0.05, 10_000, "requests",
    "hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms", "undated",
)  # fmt: skip
SCHEDULER = Price(
    "EventBridge Scheduler", 1.00, MILLION, "invocations", _CALCULATOR, "-", Trust.UNVERIFIED
)
STAFF = Price(
    "Cognito Essentials, beyond the first 10,000", 0.015, 1, "users a month",
    "github.com/pitt-cic/smart-outreach-hub", "2025",
)  # fmt: skip
FILES = Price("S3, kept", 0.023, 1, "GB and month", _CALCULATOR, "-", Trust.UNVERIFIED)
TOPIC = Price(
    "SNS, notifications of emails' events", 0.50, MILLION, "requests",
    _CALCULATOR, "-", Trust.UNVERIFIED,
)  # fmt: skip
EMAIL = Price("SES, emails", 0.10, 1_000, "emails", _CALCULATOR, "-", Trust.UNVERIFIED)

TEXT = Price(
    "SNS, one text of one part to the US", 0.00883, 1, "texts",
    "github.com/pitt-cic/smart-outreach-hub", "2025",
)  # fmt: skip
CARRIER_FEE = Price(
    "What carriers add: between 0.0035 (AT&T) and 0.0045 (Verizon, T-Mobile)", 0.0042, 1, "texts",
    "help.textvolt.com/articles/7310656083-carrier-fee-snapshot-by-carrier-2026", "May 2026",
)  # fmt: skip
TOLL_FREE_NUMBER = Price(
    "Toll-free number", 2.00, 1, "numbers and month",
    "aws.amazon.com/end-user-messaging/pricing", "August 2026", Trust.AWS,
)  # fmt: skip
CAMPAIGN_AND_NUMBER = Price(
    "10DLC campaign with a number", 11.00, 1, "campaigns and month",
    "aws.amazon.com/end-user-messaging/pricing", "August 2026", Trust.AWS,
)  # fmt: skip
SHORT_CODE = Price("Short code", 995.00, 1, "codes and month", _CALCULATOR, "-", Trust.UNVERIFIED)

ALL = [value for value in list(globals().values()) if isinstance(value, Price)]
