"""835 files for tests: a valid envelope around the claims given."""

from __future__ import annotations

from collections.abc import Sequence


def claim_segments(
    case_id: str,
    *,
    status: str = "1",
    clp05: str = "0",
    payer_claim_id: str = "",
    name: str = "IBARRA*ANA",
    member_id: str = "ABC123",
    extra: Sequence[str] = (),
    lines: Sequence[Sequence[str]] = (),
) -> list[str]:
    """The segments of one claim."""
    return [
        f"CLP*{case_id}*{status}*100*50*{clp05}*12*{payer_claim_id}",
        f"NM1*QC*1*{name}****MI*{member_id}",
        *extra,
        *(segment for line in lines for segment in line),
    ]


def remittance(
    *claims: Sequence[str], control: str = "7", recorded: str = "20261120", trace: str = "EFT1"
) -> bytes:
    """A file of one transaction."""
    body = [
        "ST*835*0001",
        "BPR*I*50*C*CHK",
        f"TRN*1*{trace}*1999999999",
        f"DTM*405*{recorded}",
        "N1*PR*EXAMPLE HEALTH",
        *(segment for claim in claims for segment in claim),
    ]
    interchange = (
        "ISA*00*          *00*          *ZZ*EXAMPLE        *ZZ*CLINIC         "
        f"*261121*0600*^*00501*{control:>09}*0*P*:"
    )
    segments = [
        interchange,
        f"GS*HP*EXAMPLE*CLINIC*20261121*0600*{control}*X*005010X221A1",
        *body,
        f"SE*{len(body) + 1}*0001",
        f"GE*1*{control}",
        f"IEA*1*{control:>09}",
    ]
    return "".join(f"{segment}~" for segment in segments).encode()
