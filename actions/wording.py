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
