"""The words of alerts, receipts and answers, in English and Spanish.

A text costs by the part and is read at a glance; an email has room to reassure. Neither names the
patient, the provider, a diagnosis, a visit or a case, and neither names an amount unless the
practice asked for it: both travel unencrypted and are shown on locked screens.
"""

from __future__ import annotations

from balance_alerts.channels.email_page import EmailContent
from balance_alerts.channels.email_words import email_alert
from balance_alerts.channels.receipt_words import PaidByCard, email_receipt
from balance_alerts.channels.short_names import (
    longest_short_name,
    short_name_problem,
    shorten,
)
from balance_alerts.channels.text_words import text_alert, text_fresh_link, text_help

__all__ = [
    "EmailContent",
    "PaidByCard",
    "email_alert",
    "email_receipt",
    "longest_short_name",
    "short_name_problem",
    "shorten",
    "text_alert",
    "text_fresh_link",
    "text_help",
]
