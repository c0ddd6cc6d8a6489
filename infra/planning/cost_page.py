"""What docs/cost.md shows: tables and charts of the bills."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from infra.planning import charts, cost, counted, customers, prices
from infra.planning.charts import Axis
from infra.planning.cost import EMAILS, GATEWAYS, TEXTS, Bill
from infra.planning.counted import WORK
from infra.planning.customers import CUSTOMERS, HABITS, Habits
from infra.planning.tables import dollars, number, share, table


@cache
def bills() -> Mapping[str, Bill]:
    """The bill of each customer, by name."""
    return {customer.name: cost.bill(customer) for customer in CUSTOMERS}


def blocks() -> dict[str, str]:
    """The computed parts of the page, by name."""
    return {
        "bills": _bills(),
        "findings": _findings(),
        "counted": _counted(),
        "groups": _groups(),
        "lines": _lines(),
        "varied": _varied(),
        "habits": _habits(),
        "prices": _prices(),
    }


def drawings() -> dict[str, str]:
    """The charts, by file name."""
    return {"cost-per-alert.svg": _per_alert(), "cost-infrastructure.svg": _where()}


def _bills() -> str:
    rows = []
    for name, bill in bills().items():
        month, customer = bill.month, bill.month.customer
        rows.append(
            [
                f"**{name}**: {number(customer.accounts)} patients",
                number(month.alerts),
                dollars(bill.total),
                dollars(bill.of(TEXTS, EMAILS)),
                dollars(bill.infrastructure),
                share(bill.infrastructure / bill.total),
                cents(bill.total / month.alerts),
                cents(bill.infrastructure / month.alerts),
            ]
        )
    head = ["a month", "alerts", "all", "texts, emails", "the rest", "of all"]
    return table([*head, "all, an alert", "the rest, an alert"], rows)


def cents(amount: float) -> str:
    """Dollars as cents."""
    return f"{100 * amount:.2f} ¢" if amount < 0.1 else f"{100 * amount:.0f} ¢"


def _groups() -> str:
    names = next(iter(bills().values())).groups
    rows = [[group, *(dollars(bill.of(group)) for bill in bills().values())] for group in names]
    rows.append(["**All**", *(f"**{dollars(bill.total)}**" for bill in bills().values())])
    return table(["dollars a month", *bills()], rows)


def _findings() -> str:
    clinic, group, vendor = bills().values()
    metrics = prices.METRICS.of_units(counted.CUSTOM_METRICS)
    fixed = cost.bill(customers.Customer("nobody", 0, 0, 0, CUSTOMERS[0].number))
    grows = vendor.of(cost.TABLE, cost.FUNCTIONS) + vendor.of(cost.LOGS) - fixed.of(cost.LOGS)
    texts = 1_000 * (prices.TEXT.dollars + prices.CARRIER_FEE.dollars)
    secrets = vendor.of(GATEWAYS)
    return "\n".join(
        [
            f"- **A clinic** pays for being watched over: {dollars(fixed.infrastructure)} of its "
            f"{dollars(clinic.total)} are there before anybody is alerted, {dollars(metrics)} of "
            "them for custom metrics. All its alerts, payments and imports cost the stack "
            f"{dollars(clinic.infrastructure - fixed.infrastructure)}.",
            f"- **A group** pays for texts: {share(group.of(TEXTS) / group.total)} of all. Those "
            f"are {dollars(texts)} a thousand, carriers' fees included.",
            f"- **A vendor** pays for secrets beside texts: {dollars(secrets)} of "
            f"{dollars(vendor.infrastructure)}, one for each practice that takes cards. What "
            "really grows with the work, table, functions and logs, is "
            f"{dollars(grows)}, or {dollars(1_000 * grows / vendor.month.alerts)} a thousand "
            "alerts with everything that follows from them.",
        ]
    )


def _counted() -> str:
    rows = []
    for name, work in WORK.items():
        calls = ", ".join(f"{times} {call}" for call, times in work.calls.items())
        rows.append([name, calls, f"{work.read_units:g}", f"{work.write_units:g}"])
    return table(["work", "calls to the table", "reads of 4 KB", "writes of 1 KB"], rows)


def _lines() -> str:
    columns = [bill.lines for bill in bills().values()]
    rows = []
    for same in zip(*columns, strict=True):
        price = same[0].price
        what = price.what if len({line.price for line in same}) == 1 else "The number"
        units = price.unit if what == price.what else ""
        told = [f"{number(line.units)} · {dollars(line.dollars)}" for line in same]
        rows.append([what, units, *told])
    return table(["", "unit", *bills()], rows)


def _varied() -> str:
    changed: dict[str, Habits] = {
        "as assumed": HABITS,
        "twice as many patients owe": customers.Habits(owing=2 * HABITS.owing),
        "nobody but by email": customers.Habits(text_only=0, email_only=1),
        "every link is opened": customers.Habits(opened=1),
        "three times as many entries, each imported ten times": customers.Habits(
            new_entries=3 * HABITS.new_entries, entries_again=10
        ),
        "no practice takes cards": customers.Habits(connected=0),
    }
    rows = []
    for name, habits in changed.items():
        found = [cost.bill(customer, habits) for customer in CUSTOMERS]
        told = [f"{dollars(bill.total)}, rest {dollars(bill.infrastructure)}" for bill in found]
        rows.append([name, *told])
    return table(["if", *bills()], rows)


def _habits() -> str:
    habit = HABITS
    return table(
        ["assumed", ""],
        [
            ["accounts with a balance and an open window", share(habit.owing)],
            ["of those, subscribed and reachable", share(habit.subscribed)],
            ["practices that send every two weeks", share(habit.two_weeks)],
            ["practices that send monthly; the rest send nothing", share(habit.monthly)],
            ["alerts by text only, by email only, by both",
             f"{share(habit.text_only)}, {share(habit.email_only)}, "
             f"{share(1 - habit.text_only - habit.email_only)}"],
            ["alerts whose link is opened, by a browser that was never there", share(habit.opened)],
            ["links opened that lead to a sign-in", share(habit.signed_in)],
            ["sign-ins that lead to a payment, where cards are taken", share(habit.paid)],
            ["practices that take cards", share(habit.connected)],
            ["new ledger entries an account and month, each imported twice",
             f"{habit.new_entries:.2f}"],
            ["age of the stack", f"{cost.AGE_MONTHS} months"],
        ],
    )  # fmt: skip


def _prices() -> str:
    rows = [
        [each.what, f"${each.dollars:.10g}", _per(each), each.source, each.of, each.trust.value]
        for each in prices.ALL
    ]
    return table(["", "price", "for", "read at", "of", "how sure"], rows)


def _per(price: prices.Price) -> str:
    return price.unit if price.per == 1 else f"{number(price.per)} {price.unit}"


def _per_alert() -> str:
    parts = ["Texts", "Emails", "Infrastructure"]
    rows, said = {}, {}
    for name, bill in bills().items():
        each = [bill.of(TEXTS), bill.of(EMAILS), bill.infrastructure]
        rows[name] = [100 * part / bill.month.alerts for part in each]
        said[name] = cents(bill.total / bill.month.alerts)
    ticks = [(value, f"{value} ¢") for value in range(0, 18, 4)]
    return charts.bars("What an alert costs", Axis("cents an alert", ticks), rows, parts, said=said)


def _where() -> str:
    groups = [
        group for group in next(iter(bills().values())).groups if group not in (TEXTS, EMAILS)
    ]
    rows = {
        name: [100 * bill.of(group) / bill.infrastructure for group in groups]
        for name, bill in bills().items()
    }
    said = {name: f"{dollars(bill.infrastructure)} a month" for name, bill in bills().items()}
    short = ["Table", "Functions", "Logs, metrics", "Card secrets", "API, queues, keys, staff"]
    assert len(short) == len(groups)
    assert groups[3] == GATEWAYS
    ticks = [(value, f"{value} %") for value in range(0, 101, 25)]
    title = "Where the money goes that texts and emails do not cost"
    return charts.bars(title, Axis("percent of infrastructure", ticks), rows, short, said=said)
