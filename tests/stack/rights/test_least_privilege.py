"""Every action of every policy is needed, and none is missing, as far as the emulator checks it.

Each story is told once with its permissions noted. Then each action that the template grants is
taken away and the shortest story that needed it is told again: it must end badly.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from infra.local.stack import LocalStack
from tests.builders import at
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Browser, browser_of
from tests.stack.rights import (
    stories_of_alerts,
    stories_of_imports,
    stories_of_patients,
    stories_of_payments,
    stories_of_staff,
)
from tests.stack.rights.grants import Grant, granted, without

Story = Callable[[Clinic, Browser], Iterator[None]]
"""A generator: what comes before its one `yield` is set-up, what comes after needs permissions."""

LOGGING = "the emulator keeps no logs of functions"
READING = "the emulator hands messages of queues over without the function's role"
BEHIND = "the emulator's SNS asks no other service by the caller's rights, as that of AWS does"
ROLLING_OUT = "the emulator has no AWS CodeDeploy"
STARTING = "the emulator starts what is scheduled, and reports what fails, without a role"
UNCHECKED: dict[tuple[str, str], str] = {
    ("WriteOwnLogs", "logs:CreateLogStream"): LOGGING,
    ("WriteOwnLogs", "logs:PutLogEvents"): LOGGING,
    ("LogTexts", "logs:CreateLogGroup"): LOGGING,
    ("LogTexts", "logs:CreateLogStream"): LOGGING,
    ("LogTexts", "logs:PutLogEvents"): LOGGING,
    **{
        (statement, f"sqs:{call}"): READING
        for statement in ("TakeAlerts", "TakeEvents", "TakeUploadsGoOnLater")
        for call in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    },
    ("TextAsSnsDoes", "sms-voice:DescribePhoneNumbers"): BEHIND,
    ("TextAsSnsDoes", "sms-voice:SendTextMessage"): BEHIND,
    ("OptInAsSnsDoes", "sms-voice:DeleteOptedOutNumber"): BEHIND,
    ("OptInAsSnsDoes", "sms-voice:DescribeOptedOutNumbers"): BEHIND,
    ("ReadTheListAsSnsDoes", "sms-voice:DescribeOptedOutNumbers"): BEHIND,
    ("ReportFailedRuns", "sqs:SendMessage"): STARTING,
    ("ReportRunsNotStarted", "sqs:SendMessage"): STARTING,
    ("StartScan", "lambda:InvokeFunction"): STARTING,
    ("StartOptOutList", "lambda:InvokeFunction"): STARTING,
    ("StartReconciliation", "lambda:InvokeFunction"): STARTING,
    ("ShiftRequests", "lambda:GetAlias"): ROLLING_OUT,
    ("ShiftRequests", "lambda:GetProvisionedConcurrencyConfig"): ROLLING_OUT,
    ("ShiftRequests", "lambda:UpdateAlias"): ROLLING_OUT,
    ("SeeWhetherItGoesWell", "cloudwatch:DescribeAlarms"): ROLLING_OUT,
    ("SeeThatUploadsAreGone", "s3:ListBucket"): "the emulator answers 404 to whoever may read",
}
"""What this emulator cannot show, by statement and action, and why."""


def stories() -> dict[str, Story]:
    modules: tuple[ModuleType, ...] = (
        stories_of_alerts,
        stories_of_imports,
        stories_of_patients,
        stories_of_payments,
        stories_of_staff,
    )
    return {
        name: story
        for module in modules
        for name, story in vars(module).items()
        if inspect.isgeneratorfunction(story) and story.__module__ == module.__name__
    }


STORIES = stories()
CHECKED = [each for each in granted() if (each.statement, each.action) not in UNCHECKED]


class House:
    """A stack that checks permissions, and what each story needed on it."""

    def __init__(self, stack: LocalStack, browser: Browser) -> None:
        self.stack = stack
        self.browser = browser
        self.needed: dict[str, set[Grant]] = {}
        self.seconds: dict[str, float] = {}

    def begin(self, story: Story) -> Iterator[None]:
        """Do the set-up of a story at a clinic of its own."""
        self.stack.empty()
        self.stack.clock.set(at(1))
        told = story(next(clinics(self.stack)), self.browser)
        next(told)
        return told

    def tell(self, name: str) -> None:
        """Tell a story to its end, and note what it needed."""
        told = self.begin(STORIES[name])
        list(self.stack.permissions.news())
        begun = time.perf_counter()
        with pytest.raises(StopIteration):  # with its own words where it does not end well
            next(told)
        self.seconds[name] = time.perf_counter() - begun
        self.needed[name] = {Grant.of(each) for each in self.stack.permissions.news()}

    def shortest(self, grant: Grant) -> Story:
        """The quickest of the stories that needed a permission."""
        names = [name for name, needed in self.needed.items() if grant in needed]
        return STORIES[min(names, key=self.seconds.__getitem__)]


def ends_well(told: Iterator[None]) -> bool:
    """Go on behind the `yield` of a story, and see whether all it asserts is true."""
    try:
        next(told)
    except StopIteration:
        return True
    except Exception:
        return False
    raise AssertionError("a story has one yield")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with LocalStack(auth=True, hang_seconds=0.3) as stack, browser_of(stack) as browser:
        # Files are handed to the import by the stories themselves.
        stack.client("s3").put_bucket_notification_configuration(
            Bucket=stack.outputs["ImportBucketName"], NotificationConfiguration={}
        )
        house = House(stack, browser)
        for name in STORIES:
            house.tell(name)
        yield house


def test_no_action_is_granted_that_no_story_needs(house: House) -> None:
    needed = set().union(*house.needed.values())
    assert [grant for grant in CHECKED if grant not in needed] == []


def test_what_is_not_checked_is_granted_and_could_not_be(house: House) -> None:
    """So that neither a reason nor an action is left over in the table above."""
    needed = {(each.statement, each.action) for each in set().union(*house.needed.values())}
    assert set(UNCHECKED) & needed == set()
    assert set(UNCHECKED) <= {(each.statement, each.action) for each in granted()}


@pytest.mark.parametrize("grant", CHECKED, ids=".".join)
def test_without_it_something_fails(house: House, grant: Grant) -> None:
    told = house.begin(house.shortest(grant))
    with without(house.stack, grant):
        assert not ends_well(told)
