"""Emails: who they may come from, whether SES lets them out, and what keeps bad addresses off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.operator.checks.finding import Finding, attention, broken, ok

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import GetEmailIdentityResponseTypeDef

    from infra.operator.stack import Stack

_SIGN = "in SES, under the domain's identity, copy its three DKIM records to DNS"
_SUPPRESSED = {"BOUNCE", "COMPLAINT"}


def sender(stack: Stack) -> Iterator[Finding]:
    """Whether the sender is a verified identity whose emails are signed."""
    address = stack.variables_of("SendFunctionName")["EMAIL_SENDER"]
    ses: SESV2Client = stack.client("sesv2")
    waiting = None
    for identity in _identities(address):
        found = _look_up(ses, identity)
        if found is None:
            continue
        if found.get("VerifiedForSendingStatus"):
            yield _signed(identity, found)
            return
        waiting = waiting or identity
    if waiting is None:
        yield broken(f"SES knows neither {address} nor its domain", "verify the domain in SES")
    else:
        yield broken(f"{waiting} is not verified yet", "add the DNS records that SES shows for it")


def _identities(address: str) -> Iterator[str]:
    """What could be verified for an address: its domain, those above it, itself."""
    labels = address.partition("@")[2].split(".")
    for first in range(len(labels) - 1):
        yield ".".join(labels[first:])
    yield address


def _look_up(ses: SESV2Client, identity: str) -> GetEmailIdentityResponseTypeDef | None:
    try:
        return ses.get_email_identity(EmailIdentity=identity)
    except ses.exceptions.NotFoundException:
        return None


def _signed(identity: str, found: GetEmailIdentityResponseTypeDef) -> Finding:
    if "@" in identity:
        return attention(
            f"{identity} is verified, its domain is not, so emails are not signed in its name",
            "verify the domain in SES, with DKIM; many mailboxes refuse what is not signed",
        )
    dkim = found.get("DkimAttributes", {})
    if dkim.get("Status") == "SUCCESS" and dkim.get("SigningEnabled"):
        return ok(f"{identity} is verified and signs with DKIM")
    return attention(f"{identity} is verified, but DKIM is {dkim.get('Status', 'off')}", _SIGN)


def sandbox(stack: Stack) -> Iterator[Finding]:
    """Whether SES sends to everybody."""
    account = stack.client("sesv2").get_account()
    if account.get("ProductionAccessEnabled"):
        yield ok("SES sends to everybody")
    else:
        yield broken(
            "SES is in its sandbox and sends to verified addresses only",
            "request production access in SES, under Account dashboard",
        )


def sending(stack: Stack) -> Iterator[Finding]:
    """Whether SES sends at all: for the account, and with our configuration set."""
    ses: SESV2Client = stack.client("sesv2")
    account = ses.get_account()
    state = account.get("EnforcementStatus", "HEALTHY")
    name = stack.variables_of("SendFunctionName")["EMAIL_CONFIGURATION_SET"]
    configuration = ses.get_configuration_set(ConfigurationSetName=name)
    if not account.get("SendingEnabled") or state == "SHUTDOWN":
        yield broken(f"SES sends nothing for this account ({state})", "answer its case with AWS")
    elif not configuration.get("SendingOptions", {}).get("SendingEnabled", True):
        yield broken(f"sending is off for configuration set {name}", "switch it on in SES")
    elif state != "HEALTHY":
        yield attention(
            f"SES watches this account ({state})",
            "look at bounces and complaints in SES, under Reputation metrics",
        )
    else:
        yield ok("SES sends, and has nothing to say against this account")


def rate(stack: Stack) -> Iterator[Finding]:
    """Whether we send no faster than SES lets us, and how many a day."""
    quota = stack.client("sesv2").get_account().get("SendQuota", {})
    allowed, a_day = quota.get("MaxSendRate", 0), quota.get("Max24HourSend", 0)
    ours = float(stack.variables_of("SendFunctionName")["EMAILS_PER_SECOND"])
    if ours > allowed:
        yield attention(
            f"EmailsPerSecond is {ours:g}, and SES takes {allowed:g}",
            f"deploy with EmailsPerSecond={allowed:g}, or ask SES for more",
        )
    else:
        yield ok(f"{ours:g} emails a second of {allowed:g} allowed, {a_day:,.0f} a day")


def suppression(stack: Stack) -> Iterator[Finding]:
    """Whether SES keeps us from sending again to addresses that bounced or complained."""
    ses: SESV2Client = stack.client("sesv2")
    name = stack.variables_of("SendFunctionName")["EMAIL_CONFIGURATION_SET"]
    own = ses.get_configuration_set(ConfigurationSetName=name).get("SuppressionOptions")
    told = ses.get_account().get("SuppressionAttributes", {}) if own is None else own
    if set(told.get("SuppressedReasons", [])) >= _SUPPRESSED:
        yield ok("addresses that bounced or complained are left alone by SES, too")
    else:
        yield attention(
            "SES goes on sending to addresses that bounced or complained",
            f"in SES, let configuration set {name} suppress both, or deploy again",
        )


def reports(stack: Stack) -> Iterator[Finding]:
    """Whether SES tells us what became of emails."""
    ses: SESV2Client = stack.client("sesv2")
    name = stack.variables_of("SendFunctionName")["EMAIL_CONFIGURATION_SET"]
    topic = stack.output("EmailEventTopicArn")
    found = ses.get_configuration_set_event_destinations(ConfigurationSetName=name)
    told = [
        each
        for each in found.get("EventDestinations", [])
        if each.get("Enabled") and each.get("SnsDestination", {}).get("TopicArn") == topic
    ]
    if told:
        yield ok("bounces and complaints are reported to this stack")
    else:
        yield broken(
            "bounces and complaints are not reported to this stack",
            f"deploy again; configuration set {name} has lost its event destination",
        )
