"""Personal numbers never reach storage; everything else survives."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.masking import mask, mask_phone

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(area: int, born: date, serial: int) -> str:
    body = f"{area:06d}{born:%Y%m%d}{serial:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


@given(
    area=st.integers(110000, 659999),
    born=st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    serial=st.integers(0, 999),
    before=st.sampled_from(["", "身份证", "我的号码是 ", "ID:", "（"]),
    after=st.sampled_from(["", "，帮我查", " 谢谢", "）"]),
)
def test_every_resident_id_is_hidden_wherever_it_stands(
    area: int, born: date, serial: int, before: str, after: str
) -> None:
    number = resident_id(area, born, serial)
    masked = mask(f"{before}{number}{after}")
    assert "resident_id" in masked.kinds
    assert number not in masked.text
    assert number[6:14] not in masked.text
    assert masked.text.startswith(before)
    assert masked.text.endswith(after)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("110105 19491231 002X", "resident_id"),
        ("１１０１０５１９４９１２３１００２Ｘ", "resident_id"),
        ("11010519491231002x", "resident_id"),
        ("110105194912310021", "resident_id"),
        ("4111 1111 1111 1111", "bank_card"),
        ("打我手机13812345678", "phone"),
        ("+86 138-1234-5678", "phone"),
        ("0571-87654321", "phone"),
        ("zhang.san@example.cn", "email"),
    ],
)
def test_spaced_wide_and_mistyped_numbers_are_hidden_too(text: str, kind: str) -> None:
    masked = mask(text)
    assert masked.kinds == {kind}
    assert masked.text != text


@pytest.mark.parametrize(
    "text",
    [
        "发票号码24332000000123456789",
        "发票代码011001900111，号码12345678",
        "公告2026年第10号，销售额299999.99元",
        "税款所属期20260101至20260331",
        "拨打12366或12345",
        "工单TD20261124-0001",
        "统一社会信用代码91350100M000100Y43",
        "一年1200000000元",
    ],
)
def test_numbers_that_are_not_personal_survive(text: str) -> None:
    masked = mask(text)
    assert masked.text == text
    assert not masked.kinds


@given(st.text())
def test_masking_is_total_and_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once.text).text == once.text


def test_a_phone_number_is_shown_to_staff_by_its_ends() -> None:
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("123") == "***"
