"""The page behind a link, fresh links, and one-click unsubscribe."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from balance_alerts.access.links import LINK_LIFE, new_token
from balance_alerts.domain.channel_stop import NO_QUOTA
from balance_alerts.domain.contact import Channel, ContactFact, ContactState
from balance_alerts.store.channel_stops import lift_stop, note_stop
from balance_alerts.store.practice_records import PracticeRecord
from infra.local.outbox import FaultMode, Message
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser, link_to
from tests.stack.test_portal_sign_in import end_by_tries, pass_time, revoke


@pytest.fixture
def token(clinic: Clinic) -> str:
    clinic.patient("p-1", text=True, email=True)
    return link_to(clinic, "p-1")


class TestPage:
    def test_depends_on_the_code_only(self, clinic: Clinic, browser: Browser, token: str) -> None:
        page = browser.get(f"/a/{token}")
        assert page.status == 200
        assert clinic.practice.display_name in page.raw.decode()
        for other in (clinic.practice.code, new_token(clinic.practice.code), f"{token}x"):
            assert browser.get(f"/a/{other}").raw == page.raw
        assert token not in page.raw.decode()

    def test_of_an_unknown_code_names_nobody(self, clinic: Clinic, browser: Browser) -> None:
        page = browser.get(f"/a/{new_token('zzzzzz')}")
        assert (page.status, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert clinic.practice.display_name not in page.raw.decode()

    def test_runs_its_own_scripts_and_the_card_form_s_only(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        page = browser.get(f"/a/{token}")
        policy = dict(
            part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; ")
        )
        assert policy["default-src"] == "'none'"
        card_form = "{0.scheme}://{0.netloc}".format(urlsplit(clinic.stack.gateway.script_url))
        assert policy["script-src"] == f"'self' {card_form}"
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert policy["report-uri"] == "/csp-reports"
        assert policy["frame-ancestors"] == "'none'"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        markup = page.raw.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", markup)

    def test_what_it_is_made_of_may_be_kept_for_ever(self, browser: Browser, token: str) -> None:
        files = re.findall(r'"(/assets/[^"]+)"', browser.get(f"/a/{token}").raw.decode())
        assert files
        for path in files:
            file = browser.get(path)
            assert file.status == 200, path
            assert "immutable" in file.headers["Cache-Control"]
            again = browser.send("GET", path, headers={"If-None-Match": file.headers["ETag"]})
            assert (again.status, again.raw) == (304, b"")

    def test_a_file_of_a_former_version_is_asked_for_again(
        self, browser: Browser, token: str
    ) -> None:
        [script] = re.findall(
            r'<script[^>]*src="/assets/\w+/([^"]+)"', browser.get(f"/a/{token}").raw.decode()
        )
        former = browser.get(f"/assets/{'0' * 16}/{script}")
        assert (former.status, former.headers["Cache-Control"]) == (200, "public, no-cache")

    @pytest.mark.parametrize(
        "path", ["/assets/x", "/assets/x/index.html", "/assets/x/../handler.py", "/assets/x/"]
    )
    def test_nothing_else_is_served(self, stack: object, browser: Browser, path: str) -> None:
        assert browser.get(path).status == 404

    def test_what_a_practice_calls_itself_is_text_not_markup(
        self, clinic: Clinic, browser: Browser
    ) -> None:
        record = PracticeRecord.get(f"PRACTICE#{clinic.practice.practice_id}", "PRACTICE")
        record.update([PracticeRecord.hours.set('<b onclick="x">"9 & 5"')])
        markup = browser.get(f"/a/{clinic.practice.code}").raw.decode()
        assert "<b onclick" not in markup
        assert "&lt;b onclick=&quot;x&quot;&gt;&quot;9 &amp; 5&quot;" in markup

    def test_opening_it_changes_nothing(self, clinic: Clinic, browser: Browser, token: str) -> None:
        before = clinic.account("p-1").version
        for path in (f"/a/{token}", f"/u/{token}"):
            browser.get(path)
            browser.send("HEAD", path)
        assert clinic.account("p-1").version == before
        assert browser.try_to_sign_in(token).status == 200

    def test_policy_reports_are_taken_and_forgotten(self, stack: object, browser: Browser) -> None:
        report = {"csp-report": {"document-uri": "https://x/a/secret", "blocked-uri": "inline"}}
        answer = browser.send(
            "POST", "/csp-reports", report, {"Content-Type": "application/csp-report"}
        )
        assert (answer.status, answer.raw) == (204, b"")


class TestFreshLinks:
    def ask(self, browser: Browser, token: str) -> None:
        answer = browser.send("POST", "/portal/link-requests", {"token": token})
        assert (answer.status, answer.raw) == (202, b"")

    def sent(self, clinic: Clinic) -> list[Message]:
        return clinic.stack.outbox.messages()

    @pytest.mark.parametrize("channel", list(Channel))
    def test_goes_to_where_the_old_one_went(
        self, clinic: Clinic, browser: Browser, token: str, channel: Channel
    ) -> None:
        pass_time(clinic, LINK_LIFE)
        old = link_to(clinic, "p-1", channel)
        pass_time(clinic, LINK_LIFE)
        assert browser.try_to_sign_in(old).status == 401
        self.ask(browser, old)
        [message] = self.sent(clinic)
        assert (message.channel, message.to) == (channel, clinic.account("p-1").contact(channel))
        assert message.link is not None
        assert browser.try_to_sign_in(message.link.rpartition("/")[2]).status == 200

    def test_comes_once_a_day_however_often_it_is_asked_for(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        for asked in (token, token, link_to(clinic, "p-1")):
            self.ask(browser, asked)
        assert len(self.sent(clinic)) == 1
        pass_time(clinic, timedelta(days=1))
        self.ask(browser, token)
        assert len(self.sent(clinic)) == 2

    def test_comes_for_a_link_that_wrong_tries_ended(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        end_by_tries(clinic, browser, token)
        self.ask(browser, token)
        assert len(self.sent(clinic)) == 1

    def test_the_text_is_one_part_and_names_no_amount(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        self.ask(browser, token)
        [message] = self.sent(clinic)
        assert len(message.text) <= 160
        assert "$" not in message.text
        assert "Maya" not in message.text

    def test_does_not_come_once_links_were_revoked(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        revoke(clinic)
        self.ask(browser, token)
        assert self.sent(clinic) == []

    @pytest.mark.parametrize("state", [ContactState.OPTED_OUT, ContactState.INVALID])
    def test_does_not_come_to_who_cannot_be_reached(
        self, clinic: Clinic, browser: Browser, token: str, state: ContactState
    ) -> None:
        clinic.stack.wiring.accounts.tell_of_contact(
            clinic.practice.practice_id,
            Channel.TEXT,
            str(clinic.account("p-1").mobile),
            ContactFact(state),
            source="test",
            at=clinic.stack.now(),
        )
        self.ask(browser, token)
        assert self.sent(clinic) == []

    def test_does_not_come_for_what_is_no_link(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        for unknown in ("x", new_token(clinic.practice.code)):
            self.ask(browser, unknown)
        assert self.sent(clinic) == []

    def test_is_tried_again_where_certainly_nothing_was_sent(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        clinic.stack.outbox.set_fault("text", FaultMode.THROTTLED, times=1)
        clinic.stack.set_visibility("AlertQueueUrl", 1)
        try:
            self.ask(browser, token)
            clinic.stack.wait_drained("AlertQueueUrl")
        finally:
            clinic.stack.set_visibility("AlertQueueUrl", 8)
        assert len(self.sent(clinic)) == 1

    def test_is_not_worn_out_by_a_condition_of_the_whole_account(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        clinic.stack.outbox.set_fault("text", FaultMode.STOPPED)
        self.ask(browser, token)
        clinic.stack.wait_drained("AlertQueueUrl", within_seconds=5)  # not left for another try
        assert self.sent(clinic) == []
        clinic.stack.outbox.clear_faults()
        self.ask(browser, token)
        assert len(self.sent(clinic)) == 1

    def test_is_not_texted_while_texts_rest_and_does_not_use_up_the_day(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        """Beyond the month's limit SNS would take it, say that all is well, and send nothing."""
        now = clinic.stack.now()
        note_stop(Channel.TEXT, NO_QUOTA, now)
        self.ask(browser, token)
        assert (self.sent(clinic), clinic.stack.outbox.attempts) == ([], 0)
        self.ask(browser, link_to(clinic, "p-1", Channel.EMAIL))
        assert [message.channel for message in self.sent(clinic)] == ["email"]
        assert lift_stop(Channel.TEXT, clinic.stack.now())
        self.ask(browser, token)
        assert [message.channel for message in self.sent(clinic)] == ["email", "text"]

    def test_is_not_repeated_where_nobody_knows(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        clinic.stack.outbox.set_fault("text", FaultMode.SERVER_ERROR_AFTER, times=1)
        for _ in range(2):
            self.ask(browser, token)
        assert len(self.sent(clinic)) == 1


class TestUnsubscribe:
    FORM = b"List-Unsubscribe=One-Click"

    def post(self, browser: Browser, token: str) -> int:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return browser.send("POST", f"/u/{token}", self.FORM, headers).status

    @pytest.fixture
    def email_token(self, clinic: Clinic, token: str) -> str:
        return link_to(clinic, "p-1", Channel.EMAIL)

    def test_one_click_opts_the_address_out_and_leaves_subscriptions(
        self, clinic: Clinic, browser: Browser, email_token: str
    ) -> None:
        assert browser.get(f"/u/{email_token}").status == 200
        assert clinic.account("p-1").email_state == "reachable"
        assert self.post(browser, email_token) == 200
        account = clinic.account("p-1")
        assert (account.email_state, account.email_subscribed) == ("opted_out", True)
        assert account.mobile_state == "reachable"
        assert self.post(browser, email_token) == 200

    def test_an_old_link_and_a_revoked_one_still_unsubscribe(
        self, clinic: Clinic, browser: Browser, email_token: str
    ) -> None:
        revoke(clinic)
        pass_time(clinic, LINK_LIFE * 2)
        assert self.post(browser, email_token) == 200
        assert clinic.account("p-1").email_state == "opted_out"

    def test_the_address_may_be_changed_meanwhile(
        self, clinic: Clinic, browser: Browser, email_token: str
    ) -> None:
        clinic.stack.wiring.accounts.change(
            clinic.practice.practice_id,
            "p-1",
            lambda account: account.put_contact(Channel.EMAIL, "new@example.org", "reachable"),
        )
        assert self.post(browser, email_token) == 200
        assert clinic.account("p-1").email_state == "reachable"

    def test_a_text_s_link_or_none_unsubscribes_nobody(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        for tried in (token, new_token(clinic.practice.code), new_token("zzzzzz")):
            assert self.post(browser, tried) == 404
        account = clinic.account("p-1")
        assert (account.email_state, account.mobile_state) == ("reachable", "reachable")

    def test_the_email_of_an_alert_names_this_address(
        self, clinic: Clinic, browser: Browser, token: str
    ) -> None:
        assert clinic.stack.scan().sent == 1
        [email] = clinic.stack.outbox.messages(channel="email")
        address = email.headers["List-Unsubscribe"].strip("<>")
        assert self.post(browser, address.rpartition("/")[2]) == 200
        assert clinic.account("p-1").email_state == "opted_out"
