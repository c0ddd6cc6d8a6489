"""Administrators invite, change and remove colleagues of their own practice."""

from __future__ import annotations

from http import HTTPStatus
from itertools import count
from typing import Any

import pytest

from balance_alerts.access.staff_pool import StaffPool
from balance_alerts.domain.audit import Who
from balance_alerts.domain.permissions import Level
from balance_alerts.office.team import TeamDesk
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Answer, Browser
from tests.stack.staff_client import staff

_numbers = count(1)


@pytest.fixture
def administrator(browser: Browser, clinic: Clinic) -> Browser:
    return staff(browser, clinic, Level.PRACTICE_ADMINISTRATOR, "Ada Admin")


def address() -> str:
    return f"new.colleague.{next(_numbers)}@clinic.example"


def invited(member: Browser, level: str = "front_desk", email: str | None = None) -> Answer:
    body = {"name": "Noor Haddad", "email": email or address(), "level": level}
    return member.send("POST", "/staff", body)


def groups(clinic: Clinic, staff_id: str) -> list[str]:
    answer = clinic.stack.client("cognito-idp").admin_list_groups_for_user(
        UserPoolId=clinic.stack.outputs["UserPoolId"], Username=staff_id
    )
    return [group["GroupName"] for group in answer["Groups"]]


def trail(member: Browser) -> list[tuple[str, dict[str, Any]]]:
    changes = member.get("/audit").json["changes"]
    return [(change["action"], change["after"]) for change in changes]


def me(clinic: Clinic, member: Browser, name: str = "Ada Admin") -> str:
    return str(next(each["staff_id"] for each in team(member) if each["name"] == name))


def team(member: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = member.get("/staff").json["staff"]
    return found


def test_a_colleague_is_invited_changed_and_removed(clinic: Clinic, administrator: Browser) -> None:
    email = address()
    answer = invited(administrator, email=email)
    assert answer.status == HTTPStatus.CREATED, answer
    staff_id = answer.json["staff_id"]
    assert groups(clinic, staff_id) == ["front_desk"]
    assert invited(administrator, email=email).status == HTTPStatus.OK

    path = f"/staff/{staff_id}"
    change = {"level": "therapy_director", "name": "Noor Haddad-Ruiz"}
    assert administrator.send("PUT", path, change).json["level"] == "therapy_director"
    assert groups(clinic, staff_id) == ["therapy_director"]
    assert administrator.send("PUT", path, {"disabled": True}).json["disabled"] is True
    assert administrator.send("DELETE", path).status == HTTPStatus.NO_CONTENT
    assert [each["name"] for each in team(administrator)] == ["Ada Admin"]
    masked = f"{email[0]}***@clinic.example"
    noor = {"name": "Noor Haddad", "email": masked, "level": "front_desk", "disabled": False}
    assert trail(administrator) == [
        ("staff_removed", dict.fromkeys(noor)),
        ("staff_changed", {"disabled": True, "colleague": "Noor Haddad-Ruiz"}),
        ("staff_changed", {**change, "colleague": "Noor Haddad"}),
        ("staff_invited", noor),
    ]
    assert administrator.get("/audit").json["changes"][0]["by"]["name"] == "Ada Admin"


def test_owners_are_an_owners_to_manage(
    clinic: Clinic, browser: Browser, administrator: Browser
) -> None:
    owner = staff(browser, clinic, Level.BUSINESS_OWNER, "Olu Owner")
    assert invited(administrator, "business_owner").status == HTTPStatus.FORBIDDEN
    partner = invited(owner, "business_owner").json["staff_id"]
    for body in ({"name": "Somebody"}, {"level": "front_desk"}):
        assert administrator.send("PUT", f"/staff/{partner}", body).code == "forbidden"
    assert administrator.send("DELETE", f"/staff/{partner}").code == "forbidden"
    own = f"/staff/{me(clinic, administrator)}"
    assert administrator.send("PUT", own, {"level": "business_owner"}).code == "forbidden"
    assert owner.send("DELETE", f"/staff/{partner}").status == HTTPStatus.NO_CONTENT


@pytest.mark.parametrize("body", [{"level": "front_desk"}, {"disabled": True}, None])
def test_nobody_locks_themselves_out(
    clinic: Clinic, administrator: Browser, body: dict[str, Any] | None
) -> None:
    own = f"/staff/{me(clinic, administrator)}"
    answer = administrator.send("PUT" if body else "DELETE", own, body)
    assert (answer.status, answer.code) == (HTTPStatus.CONFLICT, "own_account")
    assert administrator.send("PUT", own, {"name": "Ada B. Admin"}).status == HTTPStatus.OK


def test_other_practices_staff_is_nobody(clinic: Clinic, browser: Browser) -> None:
    other = next(clinics(clinic.stack))
    theirs = staff(browser, other, Level.BUSINESS_OWNER, "Olga Other")
    staff_id = invited(theirs).json["staff_id"]
    ours = staff(browser, clinic, Level.BUSINESS_OWNER, "Olu Owner")
    assert [each["name"] for each in team(ours)] == ["Olu Owner"]
    for method, body in (("PUT", {"name": "Ours now"}), ("DELETE", None)):
        answer = ours.send(method, f"/staff/{staff_id}", body)
        assert (answer.status, answer.code) == (HTTPStatus.NOT_FOUND, "unknown_staff")
    email = next(each["email"] for each in team(theirs) if each["staff_id"] == staff_id)
    assert invited(ours, email=email).code == "staff_exists"


class _Broken(StaffPool):
    """Stops where rights are given."""

    def set_level(self, staff_id: str, level: Level) -> None:
        raise ConnectionError


def test_an_invitation_that_broke_off_gives_no_rights_and_can_be_repeated(
    clinic: Clinic, administrator: Browser
) -> None:
    stack, email, by = clinic.stack, address(), Who("operator", "Operator")
    broken = _Broken(stack.client("cognito-idp"), stack.outputs["UserPoolId"])
    desk = TeamDesk(stack.wiring.team, broken, stack.now)
    practice_id = clinic.practice.practice_id
    with pytest.raises(ConnectionError):
        desk.invite(practice_id, name="Noor Haddad", email=email, level=Level.FRONT_DESK, by=by)
    (noor,) = [each for each in team(administrator) if each["email"] == email]
    assert groups(clinic, noor["staff_id"]) == []
    assert invited(administrator, email=email).status == HTTPStatus.OK
    assert groups(clinic, noor["staff_id"]) == ["front_desk"]


def test_two_who_take_away_each_others_rights_at_once_do_not_both_succeed(
    clinic: Clinic, browser: Browser
) -> None:
    members = [staff(browser, clinic, Level.PRACTICE_ADMINISTRATOR, name) for name in ("A", "B")]
    first, second = me(clinic, members[0], "A"), me(clinic, members[0], "B")
    demoted = members[0].send("PUT", f"/staff/{second}", {"level": "front_desk"})
    assert demoted.status == HTTPStatus.OK
    # Whose token still tells of the former level.
    answer = members[1].send("PUT", f"/staff/{first}", {"level": "front_desk"})
    assert (answer.status, answer.code) == (HTTPStatus.CONFLICT, "changed_meanwhile")
    assert groups(clinic, first) == ["practice_administrator"]
