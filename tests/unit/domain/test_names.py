"""Names, folded to what people type when they look for somebody."""

from __future__ import annotations

import pytest

from balance_alerts.domain.names import LONGEST_FOLDED, folded


@pytest.mark.parametrize(
    ("name", "found_as"),
    [
        ("Okafor", "okafor"),
        ("  José  María ", "jose maria"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("Smith-Jones", "smith jones"),
        ("Okafor, Maya", "okafor maya"),
        ("Nguyễn", "nguyen"),
        ("Đặng", "dang"),
        ("Łukasz Østergård", "lukasz ostergard"),
        ("Weiß", "weiss"),
        ("王秀英", "王秀英"),
        ("#%_", ""),
    ],
)
def test_a_name_is_found_however_it_is_written(name: str, found_as: str) -> None:
    assert folded(name) == found_as


def test_a_folded_name_fits_a_key() -> None:
    assert len(folded("a" * 500)) == LONGEST_FOLDED
    assert folded("a" * (LONGEST_FOLDED - 1) + " b") == "a" * (LONGEST_FOLDED - 1)
