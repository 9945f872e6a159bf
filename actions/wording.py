"""Step 4, fixed texts: what the bot says that is not policy. One place; no decision reads them."""

from __future__ import annotations

from typing import Final

GREETING: Final = (
    "您好，我是税务智能助手通答（机器人）。税费政策、办税操作都可以问我；需要人工时，随时说“转人工”。"
)
IDENTITY: Final = (
    "我是税务智能助手通答，是机器人，不是人工。我按已发布的政策知识库回答税费问题，每条答案都附依据和有效期；"
    "答不了的，会为您转人工坐席。"
)
THANKS: Final = "不客气。还有其他税费问题可以继续问我。"
GOODBYE: Final = "再见，祝您生活愉快。需要时随时再来问我。"
INSULT: Final = "很抱歉没能帮到您。您可以换个说法再问一次，或者说“转人工”，由人工坐席为您处理。"
HANDOFF: Final = "好的，为您转人工坐席。"
COMPLAINT: Final = (
    "很抱歉给您带来不好的体验。纳税服务投诉在收到后 1 个工作日内决定是否受理，服务言行类 5 个工作日、"
    "服务质效和权益保护类 10 个工作日内办结。为您转人工坐席登记。"
)
CRISIS: Final = (
    "您现在的安全最重要。请马上联系身边的家人朋友；如有危险请立即拨打 110 或 120，"
    "也可以拨打全国统一心理援助热线 12356。我这就为您转接人工。"
)
FRAUD: Final = (
    "先不要点击链接、不要转账，也不要提供验证码。请自己打开官方的个人所得税 App 或电子税务局核对，"
    "或拨打 12366 核实；已经被骗请立即拨打 110 或 96110。需要我为您转人工吗？"
)
EVASION: Final = "不能协助逃避纳税。如果想减轻税负，可以问我您能享受哪些法定的税费优惠。"
OTHERS_DATA: Final = (
    "依照税收征收管理法第八条，税务机关为纳税人的情况保密，他人的涉税信息不能提供。"
    "查询您本人的信息，请登录个人所得税 App 或电子税务局。"
)
INJECTION: Final = "我只按已发布的税费政策知识回答问题，不能更改规则或内容。请问有什么税费问题？"
OUT_OF_SCOPE: Final = (
    "这个问题不在税费业务范围内，我没有可靠的资料，不能随意回答。需要的话，可以为您转人工坐席。"
)
NO_ANSWER: Final = (
    "知识库里没有找到可靠的答案，我不猜测。您可以换个说法再问，或者让我为您转人工坐席。需要转人工吗？"
)
CLARIFY: Final = "您想问的是哪一个？"
NOTHING_TO_CITE: Final = "前面还没有给出过政策答案。请先告诉我您想问的税费问题。"
NOTHING_TO_REPEAT: Final = "前面还没有可以重复的答案。请告诉我您想问的税费问题。"
OPTION_GONE: Final = "该选项已过期，请重新描述您的问题。"
ASK_AGAIN: Final = "好的，请再具体说一下您的问题，比如纳税人类型、税种、时间。也可以说“转人工”。"
GO_ON: Final = "好的。请告诉我您的税费问题。"
CAUTION: Final = "具体情形以主管税务机关确认为准。"
PERSON_ONLY: Final = "这类事项需要结合您的具体情况判断，以上为公开规定，为您转人工坐席。"
NOTHING_WRITTEN: Final = "我没有看懂这条消息。请用文字描述您的税费问题，或者说“转人工”。"
NONE_OF_THESE: Final = "都不是"
THREAT: Final = (
    "我理解您很着急，但请不要做出伤害自己或他人的事。遇到危险请拨打 110。我这就为您转人工，由专人听您说。"
)
VIOLATION_REPORT: Final = (
    "收到，为您登记涉税违法检举，可以匿名，不强制提供身份信息。请尽量说明被检举单位的名称和地址、违法事实和线索；"
    "检举人的信息依法保密。为您转专人受理登记。"
)
INVOICE_REPORT: Final = (
    "应当开具发票而未开具的，由税务机关责令改正。为您登记发票举报：请准备商家名称和地址、消费时间和金额、付款凭证；"
    "您的信息依法保密。为您转人工登记。"
)
MISCONDUCT_REPORT: Final = (
    "税务人员违纪违法问题由纪检监察部门受理，可拨打 12388，也可以由我们登记后按规定转交；您的信息依法保密。"
    "为您转专人受理，请不要在这里写被反映人以外的个人信息。"
)
SUGGESTION: Final = "谢谢您的意见建议，为您转人工登记，由主管部门研究答复。"
PROGRESS: Final = (
    "办理进度需要核对工单号和查询码，我看不到工单内容。为您转人工查询；催办会并入原工单，不另开新单。"
)
OWN_DATA: Final = (
    "您本人或本单位的涉税信息需要核验身份，我查不到，也不能代办。可登录个人所得税 App 或电子税务局自行查询、办理；"
    "这里为您转人工坐席，请不要直接发送身份证号、密码或验证码。"
)
RULING: Final = (
    "个案的认定和处理要由税务机关依据事实和证据作出，我不能下结论、也不能预测结果。"
    "您依法享有陈述、申辩的权利。为您转专家坐席。"
)
OUTAGE: Final = "系统异常又临近截止，请先截图保存报错页面和时间，稍后换浏览器或移动端重试。为您优先转人工，由坐席核实系统情况和处理办法。"
ALTERNATIVES: Final = "抱歉没答到点子上。您想问的是下面哪一个？都不是的话，请换个说法，或者说“转人工”。"
STILL_WRONG: Final = "抱歉还是没有帮到您，为您转人工坐席。"
FOREIGN: Final = "目前只能用中文解答，为您转人工坐席。This service answers in Chinese; a member of staff will take over. 担当者におつなぎします。"
REGION_HINT: Final = "各地标准不同，以当地主管税务机关公布的为准。"
PERIOD_OF: Final = "按{period}适用的规定："
NO_LONGER: Final = "这是当时的规定，现在已不再适用。"
NOT_PUBLISHED: Final = "{period}的规定尚未公布，不能推算。现行规定（有效期至{until}）："
NOT_RECORDED: Final = "知识库没有收录{period}适用的规定，不用现行规定代替。需要转人工核实吗？"
ANOTHER_PART: Final = "关于“{question}”："
PART_UNANSWERED: Final = "这一问知识库里没有可靠的答案，可以说“转人工”。"
BACK_TO: Final = "回到刚才的计算：{question}（不算了可以说“算了”）"
ASSUMED: Final = "没有说到的按默认计算（{assumed}）；不一样请直接告诉我。"
