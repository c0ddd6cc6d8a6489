from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balance_alerts.domain.insurance_claim import InsuranceClaim
from balance_alerts.imports.problems import ImportFileError, Refusal
from balance_alerts.imports.x12_835 import check_remittance, read_claims
from tests.unit.imports.remittances import claim_segments, remittance

SAMPLES = Path(__file__).parents[2] / "data" / "835"


def claims_of(data: bytes) -> list[InsuranceClaim]:
    return [c for n in read_claims(io.BytesIO(data)) if isinstance(c := n.claim, InsuranceClaim)]


def refusals_of(data: bytes) -> list[Refusal]:
    return [c for n in read_claims(io.BytesIO(data)) if isinstance(c := n.claim, Refusal)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "cob-contractural-adjustment.835",
            [("0001000055", "2", 0, "BURCK", date(2005, 2, 2), date(2005, 3, 18))],
        ),
        (
            "demo.835",
            [
                ("666123", "1", 0, "JONES", date(2002, 8, 16), date(2002, 9, 16)),
                ("777777", "1", 0, "BORDER", date(2002, 5, 12), date(2002, 9, 16)),
            ],
        ),
        (
            "managed-care.835",
            [
                ("5554555444", "1", 300_00, "BUDD", date(2002, 3, 1), date(2002, 3, 14)),
                ("8765432112", "1", 600_00, "SETTLE", date(2002, 3, 10), date(2002, 3, 14)),
            ],
        ),
        (
            "secondary-payment.835",
            [
                ("L0004828311", "2", 0, "TOWNSEND", date(2005, 3, 3), date(2005, 4, 12)),
                ("0001000053", "2", 220_00, "BAKI", date(2005, 1, 6), date(2005, 4, 12)),
            ],
        ),
        (
            "tertiary-payment.835",
            [("0001000054", "3", 0, "ISLAND", date(2005, 1, 20), date(2005, 4, 12))],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_public_examples_are_read(name: str, expected: list[tuple[object, ...]]) -> None:
    data = (SAMPLES / name).read_bytes()
    assert check_remittance(io.BytesIO(data)) == len(expected)
    assert [
        (
            claim.case_id,
            claim.status,
            claim.responsibility_cents,
            claim.last_name,
            claim.service_on,
            claim.recorded_on,
        )
        for claim in claims_of(data)
    ] == expected


def test_everything_a_claim_says_is_kept() -> None:
    (claim,) = claims_of(
        remittance(
            claim_segments(
                "CASE-7",
                status="1",
                clp05="",
                payer_claim_id="ICN1",
                extra=["CAS*CO*45*10", "CAS*PR*1*20**3*10.5", "MOA***MA02*N781"],
                lines=[
                    ["SVC*HC:97110*75*25", "DTM*472*20261104", "CAS*PR*2*5.25", "LQ*HE*N130"],
                    ["SVC*HC:97140*75*25", "DTM*472*20261102"],
                ],
            )
        )
    )
    assert claim == InsuranceClaim(
        key=claim.key,
        number=8,
        case_id="CASE-7",
        status="1",
        charge_cents=100_00,
        paid_cents=50_00,
        responsibility_cents=35_75,
        causes=("deductible", "coinsurance", "copay"),
        payer="EXAMPLE HEALTH",
        payer_claim_id="ICN1",
        first_name="ANA",
        last_name="IBARRA",
        member_id="ABC123",
        service_on=date(2026, 11, 2),
        recorded_on=date(2026, 11, 20),
        remarks=frozenset({"MA02", "N781", "N130"}),
    )


def test_stated_responsibility_and_its_adjustments_are_never_both_added() -> None:
    adjustments = ["CAS*PR*3*40"]
    stated, blank = claims_of(
        remittance(
            claim_segments("A", clp05="30", extra=adjustments),
            claim_segments("B", clp05="", extra=adjustments),
        )
    )
    assert (stated.responsibility_cents, blank.responsibility_cents) == (30_00, 40_00)
    assert stated.causes == blank.causes == ("copay",)


def test_a_claim_has_its_own_start_of_service_before_that_of_its_lines() -> None:
    (claim,) = claims_of(
        remittance(
            claim_segments(
                "A", extra=["DTM*232*20261103"], lines=[["SVC*HC:1*1*1", "DTM*472*20261101"]]
            )
        )
    )
    assert claim.service_on == date(2026, 11, 3)


def test_without_a_production_date_the_group_gives_the_day() -> None:
    data = remittance(claim_segments("A")).replace(b"DTM*405*20261120~", b"")
    data = data.replace(b"SE*8*", b"SE*7*")
    (claim,) = claims_of(data)
    assert claim.recorded_on == date(2026, 11, 21)


def test_a_subscriber_s_member_id_serves_where_the_patient_has_none() -> None:
    data = remittance(claim_segments("A", extra=["NM1*IL*1*IBARRA*LUIS****MI*SUB9"]))
    (claim,) = claims_of(data.replace(b"MI*ABC123", b"*"))
    assert (claim.member_id, claim.first_name) == ("SUB9", "ANA")


def test_a_claim_keeps_its_key_when_the_file_comes_again_and_shares_it_with_no_other() -> None:
    two = remittance(claim_segments("A"), claim_segments("A"))
    first, second = claims_of(two)
    assert [c.key for c in claims_of(two)] == [first.key, second.key]
    assert first.key != second.key
    (other_file,) = claims_of(remittance(claim_segments("A"), control="8"))
    assert other_file.key not in (first.key, second.key)
    assert len(first.key) <= 64


@pytest.mark.parametrize(
    ("segments", "code", "said"),
    [
        pytest.param(claim_segments("A B"), "bad_case_id", "CLP01", id="case-id"),
        pytest.param(claim_segments(""), "bad_case_id", "CLP01", id="no-case-id"),
        pytest.param(claim_segments("A", clp05="1,50"), "bad_amount", "CLP05", id="comma"),
        pytest.param(claim_segments("A", clp05="1.505"), "bad_amount", "CLP05", id="mills"),
        pytest.param(claim_segments("A", clp05="-"), "bad_amount", "CLP05", id="no-digits"),
        pytest.param(claim_segments("A", extra=["CAS*PR*1*x"]), "bad_amount", "CAS03", id="cas"),
        pytest.param(
            claim_segments("A", extra=["DTM*232*20261301"]), "bad_date", "DTM*232", id="date"
        ),
        pytest.param(
            claim_segments("A", extra=["DTM*232*00261101"]), "bad_date", "year", id="year-26"
        ),
    ],
)
def test_a_claim_that_cannot_be_read_is_refused_alone(
    segments: list[str], code: str, said: str
) -> None:
    data = remittance(segments, claim_segments("GOOD"))
    (refusal,) = refusals_of(data)
    assert (refusal.line, refusal.code) == (8, code)
    assert said in refusal.message
    assert [claim.case_id for claim in claims_of(data)] == ["GOOD"]


@pytest.mark.parametrize("recorded", ["00261120", "18991231", "2026112", "2026-1-1"])
def test_a_remittance_of_an_impossible_day_says_nothing_for_its_claims(recorded: str) -> None:
    (refusal,) = refusals_of(remittance(claim_segments("A", clp05="5"), recorded=recorded))
    assert (refusal.code, "DTM*405" in refusal.message) == ("bad_date", True)


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("34", 34_00), ("-9.00", -9_00), (".5", 50), ("1222.5", 1222_50), ("7.000", 7_00)],
)
def test_amounts_are_decimals_of_any_length(amount: str, cents: int) -> None:
    (claim,) = claims_of(remittance(claim_segments("A", clp05=amount)))
    assert claim.responsibility_cents == cents


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data.replace(b"~", b"~\r\n"), id="crlf-after-terminator"),
        pytest.param(lambda data: data.replace(b"~", b"\n"), id="newline-is-terminator"),
        pytest.param(lambda data: data.replace(b"*", b"|"), id="other-element-separator"),
        pytest.param(lambda data: b"\xef\xbb\xbf\n" + data + b"\r\n\x1a", id="padding"),
        pytest.param(lambda data: data.replace(b"IBARRA", "PEÑA".encode()), id="utf-8"),
        pytest.param(lambda data: data.replace(b"IBARRA", "PEÑA".encode("latin-1")), id="latin-1"),
    ],
)
def test_separators_and_padding_are_the_sender_s(change: Callable[[bytes], bytes]) -> None:
    data = remittance(claim_segments("A", clp05="12.50"), claim_segments("B"))
    changed = claims_of(change(data))
    assert [(c.case_id, c.responsibility_cents) for c in changed] == [("A", 12_50), ("B", 0)]
    assert changed[0].last_name in ("IBARRA", "PEÑA")


def test_several_interchanges_in_one_file_are_all_read() -> None:
    first = remittance(claim_segments("A"), control="7")
    second = remittance(claim_segments("B"), control="8").replace(b"*", b"|")
    data = first + b"\n" + second
    assert check_remittance(io.BytesIO(data)) == 2
    assert [claim.case_id for claim in claims_of(data)] == ["A", "B"]


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        pytest.param(lambda d: b"", "empty", "no remittance", id="empty"),
        pytest.param(lambda d: b"entry_id,patient_id\n", "not_x12", "ISA", id="csv"),
        pytest.param(lambda d: d[:90], "truncated", "ISA", id="cut-in-isa"),
        pytest.param(
            lambda d: d[: d.index(b"NM1*QC") + 9], "truncated", "cut off", id="in-segment"
        ),
        pytest.param(lambda d: d[: d.index(b"SE*")], "truncated", "SE", id="before-se"),
        pytest.param(lambda d: d[: d.index(b"GE*")], "truncated", "GE", id="before-ge"),
        pytest.param(lambda d: d[: d.index(b"IEA*")], "truncated", "IEA", id="before-iea"),
        pytest.param(
            lambda d: d.replace(b"SE*8*", b"SE*9*"), "broken_envelope", "9", id="se-count"
        ),
        pytest.param(
            lambda d: d.replace(b"GE*1*", b"GE*2*"), "broken_envelope", "GE", id="ge-count"
        ),
        pytest.param(
            lambda d: d.replace(b"SE*8*0001", b"SE*8*0002"),
            "broken_envelope",
            "SE",
            id="se-control",
        ),
        pytest.param(
            lambda d: d.replace(b"ST*835*0001~", b""), "broken_envelope", "BPR", id="no-st"
        ),
        pytest.param(lambda d: d.replace(b"ST*835*", b"ST*837*"), "not_835", "835", id="other-set"),
        pytest.param(
            lambda d: d[: d.index(b"IEA*")] + d, "broken_envelope", "ISA", id="second-isa"
        ),
        pytest.param(lambda d: d + b"more", "not_x12", "ISA", id="more-after-the-end"),
        pytest.param(lambda d: d[:106] + b"x" * 140_000, "segment_too_long", "64", id="endless"),
    ],
)
def test_a_damaged_file_is_refused_as_a_whole(
    change: Callable[[bytes], bytes], code: str, said: str
) -> None:
    data = change(remittance(claim_segments("A")))
    with pytest.raises(ImportFileError) as refused:
        check_remittance(io.BytesIO(data))
    assert refused.value.code == code
    assert said in refused.value.message


WHOLE = remittance(claim_segments("A"), claim_segments("B", extra=["CAS*PR*1*20"]))


@given(st.integers(min_value=0, max_value=len(WHOLE) - 1))
def test_no_part_of_a_file_passes_for_the_whole(length: int) -> None:
    with pytest.raises(ImportFileError):
        check_remittance(io.BytesIO(WHOLE[:length]))
