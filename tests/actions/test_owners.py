"""What the tax hotline does not own is named with its owner; what it owns is kept."""

from __future__ import annotations

import pytest

from actions.owners import owner_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("养老金这个月怎么没发", "12333"),
        ("医保报销比例是多少", "12393"),
        ("公积金怎么提取", "12329"),
        ("营业执照丢了怎么补", "12315"),
        ("亚马逊欧洲站VAT怎么报", "境外税务机关"),
        ("楼下噪音扰民", "12345"),
        ("老板拖欠工资", "12333"),
        ("进口化妆品关税多少", "12360"),
        ("老板欠了我三个月工资不给", "12333"),
        ("税务局管不管养老金没发的事", "12333"),
        ("德国VAT税号怎么报税", "境外税务机关"),
    ],
)
def test_a_matter_of_another_body_is_named_with_its_number(text: str, number: str) -> None:
    owner = owner_of(text)
    assert owner is not None
    assert owner.redirect.to == number


@pytest.mark.parametrize(
    "text",
    [
        "小规模纳税人季度30万要交税吗",
        "养老保险缴费基数怎么算",
        "灵活就业人员怎么交医保",
        "退休金要交个税吗",
        "注销公司税务要怎么办",
        "公积金个税可以扣吗",
        "进口增值税可以抵扣吗",
        "外国人个税怎么申报",
        "生育津贴要交个税吗",
        "公积金贷款利息能抵个税吗",
        "客户退货发票怎么红冲",
        "物业管理费开票税率多少",
        "没有户口的人境外所得怎么报税",
        "噪声超标要交环保税吗",
        "台风停电报不了税怎么办",
    ],
)
def test_a_tax_or_fee_question_is_kept(text: str) -> None:
    assert owner_of(text) is None
