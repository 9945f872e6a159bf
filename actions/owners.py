"""Step 4, whose matter it is: what the tax hotline does not own, and who does (国办发〔2020〕53号)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from desk.reply import Redirect


@dataclass(frozen=True)
class Owner:
    """Another body, the words that show a matter is its own, and the reason given to the contact.

    `yields`: not when the text speaks of a tax of ours as well.
    """

    redirect: Redirect
    pattern: re.Pattern[str]
    reason: str
    yields: bool


def _owner(to: str, name: str, pattern: str, reason: str, *, yields: bool = True) -> Owner:
    return Owner(Redirect(to=to, name=name), re.compile(pattern), reason, yields)


_OURS: Final = re.compile(r"税|票|抵扣|扣除|红冲|罚款|复议|申报")
_NOT_OURS: Final = re.compile(r"关税|吨税|行邮税|进境物品税|进口环节税|税务局|税务|纳税人")

OWNERS: Final = (
    _owner(
        "12333",
        "人力资源和社会保障服务热线",
        r"(?:养老金|退休金|退休工资|养老保险待遇|遗属补助|抚恤金|丧葬费).{0,8}(?:没发|没到|还没|发放|少发|怎么领|领取|能领|怎么算|计算|认证|调整|涨|停发)"
        r"|(?:失业金|失业保险金|失业补助|工伤待遇|工伤鉴定|伤残等级|社保转移|社保关系转移|养老关系转移|提前退休|退休年龄|参保登记|工伤认定|工伤赔偿|退休年龄|办退休|办理退休|社保卡)"
        r"|(?:拖欠.{0,6}工资|工资.{0,6}拖欠|加班费|同工不同酬|不签.{0,4}劳动合同|欠薪|欠.{0,8}工资|不发工资|劳动仲裁|劳动争议|劳动合同纠纷)",
        "社会保险待遇和劳动关系由人力资源和社会保障部门负责，税务部门只负责征收社会保险费。",
    ),
    _owner(
        "12393",
        "医疗保障服务热线",
        r"医保.{0,6}(?:报销|结算|目录|怎么用|能用|停用|共济|待遇|余额|定点|异地就医|账户|卡)|医疗费.{0,4}报销|生育津贴|异地就医",
        "医保待遇和报销由医疗保障部门负责，税务部门只负责征收医疗保险费。",
    ),
    _owner(
        "12329",
        "住房公积金热线",
        r"公积金.{0,8}(?:提|贷|取|查|缴存|封存|转移|怎么办|断缴|基数|比例|销户)|(?:提|取|查).{0,4}公积金",
        "住房公积金由公积金管理中心负责。",
    ),
    _owner(
        "12360",
        "海关热线",
        r"(?:关税|进口环节税|进境物品税|行邮税|船舶吨税|报关|清关).{0,12}(?:多少|怎么|税率|申报|交|缴|查)"
        r"|海关.{0,6}(?:电话|扣|申报)",
        "关税、进口环节税和船舶吨税由海关征收。",
    ),
    _owner(
        "12315",
        "市场监督管理投诉举报热线",
        r"(?:工商年报|营业执照.{0,4}(?:年报|年检|丢|补|变更|地址)|企业年报公示|消费维权|退货|假货|假冒|过期食品|食品过期|消费者协会|欺诈消费|商标|经营异常名录|工商登记|变更经营范围|个体户执照)",
        "营业执照、企业年报公示和消费纠纷由市场监督管理部门负责。",
    ),
    _owner("12348", "公共法律服务热线", r"法律援助|找律师|打官司", "法律咨询和法律援助由司法行政部门负责。"),
    _owner(
        "12345",
        "政务服务便民热线",
        r"(?:路灯|井盖|噪音|噪声|物业|停水|停电|供暖|暖气|垃圾清运|占道|违建|公交|停车难|户口|落户|居住证|网签|房产证办理|红绿灯|斑马线|污水|油烟|扰民|城管|拆迁|征地补偿|低保|幼儿园入学|学区|入学|驾照|驾驶证|违章|身份证办理|护照|供水|漏水|噪声扰民|流浪狗|健身器材|修路|路面)",
        "这件事不属于税费业务，由政务服务便民热线统一受理。",
    ),
    _owner(
        "境外税务机关",
        "当地税务机关或专业机构",
        r"(?:欧洲|欧盟|德国|英国|法国|美国|日本|澳洲|加拿大|亚马逊.{0,4}站).{0,8}(?:VAT|vat|增值税|销售税|报税|GST)",
        "外国的税收由当地税务机关管理，我只能说明中国境内的税费规定。",
        yields=False,
    ),
)


CITY_HOTLINE: Final = next(owner for owner in OWNERS if owner.redirect.to == "12345")


def owner_of(text: str) -> Owner | None:
    """The other body that owns what the text is about, or None.

    A text that speaks of a tax or an invoice is ours (退货怎么开发票, 生育津贴交个税吗), unless the tax is another's.
    """
    ours = _OURS.search(_NOT_OURS.sub("", text)) is not None
    return next(
        (owner for owner in OWNERS if owner.pattern.search(text) and not (ours and owner.yields)), None
    )
