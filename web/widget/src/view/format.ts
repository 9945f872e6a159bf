/** Words for times, places in the queue, validity and citations. Pure. */
import type { Citation, Standing, Validity } from "../contract";
import type { ChatState } from "../store";

/** The service keeps one clock, whatever the visitor's machine says. */
const ZONE = "Asia/Shanghai";
const DAY = new Intl.DateTimeFormat("sv-SE", {
  timeZone: ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});
const TIME = new Intl.DateTimeFormat("zh-CN", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const LONG_DAY = new Intl.DateTimeFormat("zh-CN", {
  timeZone: ZONE,
  year: "numeric",
  month: "long",
  day: "numeric",
  weekday: "long",
});
const DAY_MS = 24 * 60 * 60 * 1000;

/** The calendar day of `at`, as YYYY-MM-DD. */
export function dayOf(at: string): string {
  return DAY.format(new Date(at));
}

export function timeOf(at: string): string {
  return TIME.format(new Date(at));
}

/** 今天, 昨天, or the whole date. */
export function dayWords(at: string, now: number): string {
  const day = dayOf(at);
  if (day === DAY.format(now)) return "今天";
  if (day === DAY.format(now - DAY_MS)) return "昨天";
  return LONG_DAY.format(new Date(at));
}

/** The line that stands under every answer: from when to when, and where, it holds. */
export function validityWords(validity: Validity | null): string {
  const period = periodWords(validity?.effective_from, validity?.effective_to);
  return `${period === null ? "适用期限未注明" : `适用 ${period}`} · ${validity?.region ?? "全国"}`;
}

/** "2026-01-01 至 2027-12-31"; null when both ends are open. */
export function periodWords(from: string | null | undefined, to: string | null | undefined): string | null {
  if (from && to) return `${from} 至 ${to}`;
  if (from) return `${from} 起`;
  return to ? `至 ${to}` : null;
}

/** "增值税法第二十三条；公告2026年第10号 等 2 项" */
export function citationWords(citations: readonly Citation[]): string {
  const names = citations.slice(0, 2).map(shortName).join("；");
  return citations.length > 1 ? `${names} 等 ${citations.length} 项` : names;
}

function shortName({ title, article, document_number }: Citation): string {
  if (article) return `${title.replace(/^《?(?:中华人民共和国)?|》$/g, "")}${article}`;
  return document_number ?? title;
}

/** The line under the title: who is there for the contact. */
export function standingWords(state: ChatState): string {
  if (state.link === "offline") return "网络已断开，正在重新连接";
  if (state.state === "assigned")
    return isPersonThere(state) ? `人工坐席 ${agentName(state)} 为您服务` : "已为您安排坐席，正在接入";
  if (state.state === "queued") return `排队中，${queueWords(state)}`;
  return state.state === "resolved" ? "本次咨询已结束" : "智能助手在线";
}

/** "前面 3 人，约 4–7 分钟"; without a place in the queue nobody is there to take it just now. */
export function queueWords({ queue }: Standing): string {
  if (queue === null) return "正在为您联系人工坐席";
  const ahead = queue.position > 1 ? `前面 ${queue.position - 1} 人` : "您是下一位";
  return `${ahead}，${waitWords(queue.wait_seconds)}`;
}

function waitWords([low, high]: readonly [number, number]): string {
  const [from, to] = [Math.round(low / 60), Math.ceil(high / 60)];
  if (to <= 1) return "约 1 分钟";
  return from < 1 || from === to ? `约 ${to} 分钟以内` : `约 ${from}–${to} 分钟`;
}

/** Whether a seat has not only got the conversation but taken it up. */
export function isPersonThere({ agent }: Standing): boolean {
  return agent !== null;
}

export function agentName({ agent }: Standing): string {
  return (agent?.name ?? "").replace(/^(人工)?坐席\s*/, "");
}
