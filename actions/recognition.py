"""Step 4, what needs no model: phrases and digits, the same with Rasa and without it.

A request for a person, a number typed to choose an option, words of distress, and what must be refused or written down
must never depend on a classifier's confidence. Everything else is left to the intent model.
"""

from __future__ import annotations

import re
from typing import Final

from common.text import normalise

_PERSON: Final = re.compile(
    r"^(?:请|麻烦|帮我|帮忙|给我|我要|我想|我想要|能不能|可以|快|赶紧|直接|你|还是|算了|别废话|急)*"
    r"(?:转|找|接|叫|要|换|来|呼叫|联系|搵)?(?:个|一个|下|一下|接|到)*(?:人工|真人|活人|客服|坐席|人工客服|人工服务|人工坐席|专家坐席|专家)"
    r"(?:客服|服务|坐席)?(?:来|处理|聊|说话|服务|回答|接听)?(?:吧|啊|呀|吗|一下|谢谢|好吗|唔该)*$"
)
_PERSON_INSIDE: Final = re.compile(
    r"(?:转|接|找|换|叫|来|要)(?:接|个|下|一下|成|到)*(?:人工(?!费|成本|智能|湖)|真人|活人|客服)"
    r"|(?:和|跟)(?:人工|真人|活人|工作人员|客服)(?:聊|说|讲|谈|对话|沟通)|有没有(?:人工|真人|活人)(?!费)|叫.{0,5}(?:业务员|工作人员|人员|同志|专员|专家).{0,2}来|(?:不想|不要|别).{0,6}机器人.{0,8}人"
    r"|human agent|real person|speak to (?:a|an) (?:human|agent|person)|zhuan ?rengong"
)
_ABOUT_PERSONS: Final = re.compile(
    r"几点|时间|上班|下班|电话是|号码|不用转|先不转|不转人工|不要人工|投诉|举报"
)
_ORDINAL: Final = re.compile(
    r"^(?:选择?|选项|要|我选|我要|就|问)?(?:第)?([0-9]|[一二三四五六七八九两壹贰叁])(?:个|项|条|号|种)?(?:吧|那个|的|问题)?$"
)
_LAST: Final = re.compile(r"^(?:选|要|就)?(?:最后|最下面)(?:那)?(?:一)?(?:个|条|项)?(?:吧)?$")
_CHINESE_DIGITS: Final = {char: value for value, char in enumerate("一二三四五六七八九", start=1)} | {
    "两": 2,
    "壹": 1,
    "贰": 2,
    "叁": 3,
}
_BASIS: Final = re.compile(
    r"^(?:那|这个|请问|你这|上面|刚才|的|说|法|回答|有|吗|呢)*(?:什么|有没有|政策|法律|文件|法规|依|据|是|根)*"
    r"(?:依据|出处|文号|哪个文件|哪条|第几条|哪个规定|什么文件|文件规定|哪个公告)"
    r"(?:是|什么|呢|在哪|是啥|哪个|文件|规定|的|吗|多少|第几条|几条|哪一条|里|和|是哪个文件|说|写)*$"
)
_REPEAT: Final = re.compile(
    r"^.{0,10}(?:再|重新|重复)(?:说|发|讲|来|给我看|看|念|回答|复述)?(?:一遍|一次|一下|下|给我)(?:吧|好吗|可以吗|谢谢)?$"
)
_CRISIS: Final = re.compile(
    r"跳楼|跳下去|跳河|自杀|自尽|不想活|想死(?!你)|活不下去|没法活|活不成|活着没意思|轻生|割腕|上吊|喝农药|喝药自|烧炭|一死了之|死给你|死在你|死了算|不如死|了结自己|结束生命|kill myself|suicide"
)
_THREAT: Final = re.compile(
    r"同归于尽|(?:炸|烧)了?(?:你们|税务|大厅)|砍(?:死|人|了你)|(?:弄|杀|打)死(?:你|他|她|税|那|这)|拿刀|放火|泼汽油"
)
_NONE: Final = re.compile(r"^(?:都不是|都不对|以上都不是|没有我要的|不是这些|没有我要问的|以上都不对)$")
_INJECTION: Final = re.compile(
    r"(?:忽略|无视|忘记|忘掉|跳过)(?:你|掉|之前|以上|前面|上面|所有|一切|全部|的)*(?:指令|规则|设定|要求|限制|提示|命令)|系统提示词|提示词(?:是|发|给|告诉|输出)"
    r"|system prompt|ignore (?:all |the |any )*(?:previous|prior|above)|开发者模式|越狱模式|你现在(?:是|扮演)(?!人|机器)|(?:改|设|调)(?:成|为|置)0|管理员(?:权限|密码|模式)|drop table|输出你的(?:配置|规则|设定)"
)
_ASKS_HOW: Final = re.compile(
    r"怎么(?!还|没|不)|如何|哪里|在哪|去哪|向哪|哪个部门|奖励|材料|什么证据|几天|多久(?!没)|多长时间|流程|途径|期限|范围|规定|泄露|保密|吗$|可以.{0,6}吗|需要.{0,10}吗|会不会|怎样|要不要|哪些|什么(?:程序|权利|说法|规定)|维权|准备什么|注意什么"
)
_MISCONDUCT: Final = re.compile(
    r"(?:税务|税管|专管|税官|税局|税所|工作人员|干部|科长|所长|局长|稽查|查账|检查|窗口|你们).{0,14}"
    r"(?:要(?:我|点|了|过)?(?:的)?好处|索贿|索要|受贿|行贿|红包|收(?!不收|取|税).{0,3}钱|吃拿卡要|请吃|请客|贪污|腐败|以权谋私|回扣|意思意思|表示表示|要烟|两条烟|违纪|收礼|送礼)"
    r"|(?:举报|检举)(?:你们的?|税务局的?|税务)(?:工作)?(?:人员|干部|领导|局长)"
)
_SUSPECT: Final = re.compile(
    r"偷税|漏税|逃税|虚开|两套账|假账|假发票|不交税|不缴税|不报税|瞒报|隐瞒|骗税|骗取|做假"
)
_REPORTING: Final = re.compile(r"举报|检举|揭发|告发|舉報|請查|请.{0,6}查|严查|查处|线索|证据|实名反映")
_NO_INVOICE: Final = re.compile(
    r"(?:不给|不肯|拒绝|拒不|拒|不愿意?|死活不|一直不|就是不|不让|没给)(?:我|他|人|客户|我们|顾客)*(?:们)?(?:开具?|提供|给)(?:我|电子|增值税|纸质|的)*(?:发票|票|专票)|(?:要|开)(?:发)?票.{0,4}(?:加|多收|另收|补).{0,4}(?:钱|点|税)|说没有发票|(?:店|商家|司机|老板|卖家|机构|饭店|公司|他|学校|医院|院)不(?:给|开|肯)(?:我|给|开具?)*(?:发票|票)"
)
_FALSE_OR_NONE: Final = re.compile(r"不开(?:具)?(?:发)?票|假发票")
_EVASION: Final = re.compile(
    r"(?:怎么|怎样|如何|咋|教|帮|有什么办法|有没有办法|有办法|有啥办法|能不能|想).{0,16}"
    r"(?:逃税|偷税|漏税|偷漏税|逃避(?:缴|纳)?税|做假账|两套账|内外账|买(?:点|些|几张)?(?:发)?票(?:抵|冲|入)|虚开(?:点|几张|一些|发票|专票)|虚增成本|隐瞒(?:收入|销售)|隐藏收入|藏收入|少报收入|不入账|躲(?:避|过|开)?(?:税|稽查|检查)|阴阳合同|避开(?:税务|监管))"
    r"|不被(?:查|发现|税务|税局|抓)|不让(?:税务|税局).{0,4}(?:知道|发现|查)|做账.{0,6}少(?:交|缴)|(?:哪里|哪儿|去哪|从哪).{0,4}买(?:点|到|些)?(?:发)?票"
)
_AFTERMATH: Final = re.compile(
    r"处罚|罚款|罚多少|后果|坐牢|判|举报|检举|算不算|怎么认定|责任|定性|补救|被查了|发现了"
)
_PEOPLE: Final = (
    r"(?:我?(?:老公|老婆|丈夫|妻子|前夫|前妻|男朋友|女朋友|男友|女友|对象|邻居|同事|老板|领导|朋友|房东|客户|亲戚|哥哥?|弟弟?|姐姐?|妹妹?|爸|妈|儿子|女儿|媳妇)"
    r"|别人|他人|别的公司|别家|对方|那家公司|隔壁|竞争对手|同行|某某|张三|李四|王五|[赵钱孙李周吴郑王陈刘张黄林杨][一-龥]{1,2}(?=交|的|去年|今年|欠|名下)|他|她|明星|网红)"
)
_OTHERS: Final = re.compile(
    rf"(?:查询?(?!补|账)|看看|看一下|告诉我|打听|想知道|调).{{0,8}}{_PEOPLE}.{{0,12}}(?:挣|赚|粮|社保|销售额|金额|交了?多少|缴了?多少|收入|工资|多少税|欠税|退税|纳税|开票|申报|营业额|名下|房产|个税|税务信息|流水|完税|交税)"
    rf"|{_PEOPLE}.{{0,14}}(?:多少|名下|欠税|收入|工资).{{0,12}}(?:帮我?|给我|麻烦).{{0,4}}(?:查|看)"
)
_OWN: Final = re.compile(
    r"(?:帮我?|给我|替我|麻烦|你)(?:.{0,4})(?:查|看|核实|核对)(?:查|看|询|一下|下|一查)*.{0,6}(?:我|自己|本人|我们|公司|名下|退税|申报记录|欠税|税号).{0,20}"
    r"|^(?:查|看)(?:查|看|询|一下|下)+(?:我|我们|自己|本人)(?!能|可以|要)"
    r"|(?:帮|替)我(?:直接)?(?:把.{0,10}报了|申报|报税|报了|办(?:理)?(?:一下|了|下)|开一?张|作废|重置|改一下|提交|注销|解除)"
    r"|我(?:的|公司的?|们公司的?)(?:退税|申报|申诉|更正|注销).{0,8}(?:到哪(?:了|一步)|审核.{0,4}(?:没|了吗)|进度|通过(?:了)?(?:吗|没))"
    r"|查.{0,4}(?:我自己|我本人|我的|我公司|我们公司).{0,14}(?:多少|到哪|了没|了吗|记录|进度|情况|欠)"
)
_RECORD: Final = re.compile(
    r"税|申报|发票|开票|额度|社保|信用|公司|密码|逾期|定额|注销|非正常|退款|票|专管员|罚款|风险|税号|欠|扣除|身份证|账号|后台"
)
_HOW: Final = re.compile(r"怎么|如何|在哪|哪里|哪儿|怎样|咋|什么地方|多久|几天")
_RULING: Final = re.compile(
    r"坐牢|坐监|判刑|判几年|判多少年|刑事|会被抓|被抓吗|立案|(?:收到|来了|下了|给了).{0,8}(?:稽查|检查通知)|稽查.{0,6}(?:通知书|来了|找|上门|约谈)|约谈"
    r"|(?:我|我们|我司|公司|这种情况|这样|这么做|这么操作).{0,20}(?:算不算|是不是|属不属于|会不会被(?:认定|定性|当成)|算是?).{0,8}(?:虚开|偷税|逃税|骗税|违法|违规|走私)|定(?:性|虚开)"
)
_OUTAGE: Final = re.compile(
    r"(?:系统|电子税务局|电局|个税app|网站|页面|平台|税局).{0,10}(?:转圈|崩|卡死|打不开|进不去|报错|瘫痪|繁忙|登不上|没反应|挂了)"
)
_PRESSING: Final = re.compile(
    r"最后一天|今天(?:截止|到期|必须)|马上(?:截止|到期|过期)|来不及|快截止|要逾期|今晚"
)
_FRAUD: Final = re.compile(
    r"(?:短信|电话|链接|二维码|邮件|微信|qq|网址|陌生|自称|客服).{0,24}(?:真的(?:吗|假)|真假|骗|诈骗|可信|点吗|能点|点链接|点进去|点开|是不是真|靠谱|安全吗|转账|验证码|保证金|屏幕共享|银行卡)(?!.{0,4}(?:收不到|一直))"
    r"|(?:邮箱|邮件).{0,16}(?:压缩包|附件)|(?:让|叫|要)我?.{0,6}(?:转账|打钱|汇款).{0,12}(?:退税|税务|罚款|补税)|(?:退税|补税|税务).{0,16}(?:是骗子|诈骗|骗局|骗子|骗人)"
)
_SUGGESTING: Final = re.compile(
    r"^(?:我|想|提|给|有|对|你们|税务局|一?个|点|些)*(?:建议|意见)(?!书|函)|^希望(?:你们|税务局|能|以后)|^建议|^(?:我要|我想|想)?表扬|提(?:个|点|些|一个|条)?(?:小)?(?:建议|意见)"
)
_PROGRESS: Final = re.compile(
    r"(?:投诉|举报|工单|单子|检举|反映|诉求|回访|回电|登记|公单).{0,14}(?:进度|进展|结果(?:了|呢|出)|处理(?:得怎|到哪|好了|了没|完了)|到哪|没(?:有)?(?:人)?(?:回|动静|消息|信|下文)|怎么还|受理(?:了)?(?:吗|没)|办(?:完了|结了|到哪)|查得|查了没|有下文)|催(?:办|单|一下|促)|查(?:一下|下)?(?:我的)?工单"
)
_COMPLAINT: Final = re.compile(
    r"我要(?:投诉|投訴|去告)|(?:投诉|投訴)(?:你们|窗口|税务|那个|这个|一下|\d|他|她|客服|人员|大厅)|踢皮球|推来推去|推诿|不作为|态度(?:太|很|特别|非常|极|极其)?(?:恶劣|差|不好|蛮横|傲慢)|(?:打|电话).{0,10}(?:没人接|打不通|占线)|爱答不理|(?<!工资)没人管(?!我)|互相推"
)


def squeeze(text: str) -> str:
    """The normalised text without spaces and punctuation."""
    return re.sub(r"[\W_]+", "", normalise(text))


def recognise(text: str, *, option_count: int) -> tuple[str | None, int | None]:
    """The intent that needs no model, and the option's number when one was chosen; (None, None) otherwise.

    A lone number is always meant as a choice, and a lone "0" asks for a person, as on the telephone.
    """
    plain = squeeze(text)
    if _CRISIS.search(plain):
        return "crisis", None
    if _THREAT.search(plain):
        return "threat", None
    if plain == "0" or _PERSON.match(plain):
        return "request_person", None
    if option_count and _NONE.match(plain):
        return "deny", None
    if option_count and _LAST.match(plain):
        return "choose_option", option_count - 1
    if (ordinal := parse_ordinal(plain)) is not None:
        return "choose_option", ordinal
    return _said(normalise(text), plain), None


def parse_ordinal(plain: str) -> int | None:
    """The number in "1", "第一个", "选二" …; None when the text is anything else."""
    found = _ORDINAL.match(plain)
    if found is None:
        return None
    digit = found.group(1)
    return _CHINESE_DIGITS.get(digit) or int(digit)


def asks_how(text: str) -> bool:
    """Whether it asks how, where or with what result something is reported, rather than reports it."""
    return _ASKS_HOW.search(squeeze(text)) is not None


def _said(text: str, plain: str) -> str | None:
    if _INJECTION.search(text):
        return "prompt_injection"
    if _BASIS.match(plain):
        return "ask_basis"
    if _REPEAT.match(plain):
        return "repeat"
    return _report(plain) or _refused(plain) or _needs_a_person(plain)


def _report(plain: str) -> str | None:
    """Something to be written down and followed up; asking how that is done is a question of policy."""
    asks_how = _ASKS_HOW.search(plain) is not None and "我要举报" not in plain
    if _PROGRESS.search(plain) and not _HOW.search(plain.replace("怎么还", "").replace("怎么样", "")):
        return "ask_progress"
    if asks_how:
        return None
    if _MISCONDUCT.search(plain):
        return "report_misconduct"
    if _NO_INVOICE.search(plain) and "税前" not in plain and "抵扣" not in plain:
        return "report_invoice"
    if _REPORTING.search(plain) and _FALSE_OR_NONE.search(plain) and "偷税" not in plain:
        return "report_invoice"
    if _REPORTING.search(plain) and (_SUSPECT.search(plain) or plain.startswith(("我要举报", "我要检举"))):
        return "report_violation"
    if _SUGGESTING.search(plain):
        return "suggest"
    return "complain" if _COMPLAINT.search(plain) else None


def _refused(plain: str) -> str | None:
    if _EVASION.search(plain) and not _AFTERMATH.search(plain):
        return "evade_tax"
    if _OTHERS.search(plain):
        return "ask_others_data"
    return "fraud_check" if _FRAUD.search(plain) else None


def _needs_a_person(plain: str) -> str | None:
    if _RULING.search(plain):
        return "ask_ruling"
    if _OUTAGE.search(plain) and _PRESSING.search(plain):
        return "outage"
    if _OWN.search(plain) and "优惠" not in plain and _RECORD.search(plain) and not _HOW.search(plain):
        return "ask_own_data"
    return "request_person" if _PERSON_INSIDE.search(plain) and not _ABOUT_PERSONS.search(plain) else None
