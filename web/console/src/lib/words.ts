/** What the interface's fixed words are called in Chinese. An unknown word is shown as it is. */
import type {
  Availability,
  Decision,
  EntryState,
  Role,
  RevisionState,
  RiskLevel,
  Tier,
} from "../api/schemas";

export const AVAILABILITY: Readonly<Record<Availability, string>> = {
  online: "在线",
  away: "离开",
  offline: "离线",
};

export const TIER: Readonly<Record<Tier, string>> = {
  general: "综合坐席",
  expert: "专家坐席",
  "12345": "12345 坐席",
};

/** From the first that is asked to the last. */
export const TIERS: readonly Tier[] = ["general", "expert", "12345"];

export const ROLE: Readonly<Record<Role, string>> = {
  agent: "坐席",
  expert: "专家",
  supervisor: "班长",
  content: "知识编辑",
  administrator: "管理员",
};

export const ENTRY_STATE: Readonly<Record<EntryState, string>> = {
  published: "已发布",
  draft: "草稿",
  in_review: "审核中",
  expired: "已失效",
  withdrawn: "已下线",
};

export const REVISION_STATE: Readonly<Record<RevisionState, string>> = {
  draft: "草稿",
  in_review: "审核中",
  published: "已发布",
  withdrawn: "已下线",
  replaced: "已被替换",
  rejected: "已退回",
};

export const RISK: Readonly<Record<RiskLevel, string>> = {
  direct: "可直接回答",
  caution: "回答并提示",
  person: "只由人工回答",
};

export const DECISION: Readonly<Record<Decision, string>> = {
  answer: "直接回答",
  clarify: "请对方选择",
  no_answer: "不回答，建议人工",
};

const OUTCOME: Readonly<Record<string, string>> = {
  answer: "回答",
  result: "计算",
  ask: "追问",
  clarify: "澄清",
  handoff: "转人工",
  redirect: "指引",
  order: "工单",
  smalltalk: "寒暄",
  decline: "婉拒",
  safety: "安全提示",
  no_answer: "无答案",
};

const CHANNEL: Readonly<Record<string, string>> = { web: "网页", telegram: "Telegram" };

const REASON: Readonly<Record<string, string>> = {
  requested: "要求人工",
  no_answer: "没有答案",
  complaint: "投诉",
  safety: "安全",
  policy: "规定须人工",
  bot_unavailable: "智能助手不可用",
  individual: "个案情况",
  released: "坐席退回",
  transferred: "坐席转接",
  not_accepted: "未及时接受",
  heartbeat_lost: "坐席掉线",
  seat_away: "坐席离开",
  seat_offline: "坐席离线",
  resolved: "已结束",
};

/** Why a seat got a conversation, other than by routing, whose reasons are figures. */
const WHY: Readonly<Record<string, string>> = {
  claimed: "主动领取",
  transfer: "转接而来",
  reopen_to_seat: "重新打开",
};

const INTENT: Readonly<Record<string, string>> = {
  ask_policy: "问政策",
  request_person: "找人工",
  complain: "投诉",
  greet: "问候",
  thank: "致谢",
  goodbye: "告别",
  choose_option: "选择",
  affirm: "肯定",
  deny: "否定",
  ask_basis: "问依据",
  out_of_domain: "超出范围",
  ask_identity: "问身份",
  crisis: "危机",
  fraud_check: "辨别诈骗",
  evade_tax: "逃避纳税",
  ask_others_data: "问他人信息",
  insult: "辱骂",
  prompt_injection: "指令注入",
  repeat: "重复",
};

const ORDER_TYPE: Readonly<Record<string, string>> = {
  complaint: "投诉",
  violation_report: "检举",
  invoice_report: "发票举报",
  suggestion: "建议",
  call_back: "回电",
  help: "求助",
};

const ORDER_STATE: Readonly<Record<string, string>> = {
  registered: "待受理",
  accepted: "已受理",
  dispatched: "已派单",
  signed: "已签收",
  returned: "已退回",
  handling: "办理中",
  awaiting_info: "待补充材料",
  replied: "已答复",
  callback: "待回访",
  rework: "重新办理",
  closed: "已办结",
  reopened: "重新打开",
  archived: "已归档",
  rejected: "不予受理",
  merged: "已并单",
  withdrawn: "已撤回",
};

const named =
  (words: Readonly<Record<string, string>>) =>
  (word: string): string =>
    words[word] ?? word;

export const outcomeName = named(OUTCOME);
export const channelName = named(CHANNEL);
export const reasonName = named(REASON);
export const whyName = (why: string): string => WHY[why] ?? "自动分配";
export const intentName = named(INTENT);
export const orderTypeName = named(ORDER_TYPE);
export const orderStateName = named(ORDER_STATE);

/** "91%". */
export const percent = (share: number): string => `${Math.round(share * 100)}%`;
