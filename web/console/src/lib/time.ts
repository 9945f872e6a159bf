/** Words for moments, spans and deadlines, on the service's one clock. Pure. */

const ZONE = "Asia/Shanghai";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const DATE = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short" });
const CLOCK = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
const EXACT = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "medium" });

/** YYYY-MM-DD in China. */
export const dayOf = (at: string | number): string => DATE.format(new Date(at));
export const clockOf = (at: string): string => CLOCK.format(new Date(at));
export const exactWords = (at: string): string => EXACT.format(new Date(at));

/** What one says at this hour in China. */
export function greetingAt(now: number): "上午好" | "下午好" | "晚上好" {
  const hour = Number(CLOCK.format(new Date(now)).slice(0, 2));
  if (hour >= 18 || hour < 5) return "晚上好";
  return hour < 12 ? "上午好" : "下午好";
}

/** "刚刚", "3 分钟前", "昨天 14:03", "11月20日", "2025-11-20". */
export function agoWords(at: string, now: number): string {
  const passed = now - Date.parse(at);
  if (passed < MINUTE) return "刚刚";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} 分钟前`;
  const day = dayOf(at);
  if (day === dayOf(now)) return `${Math.floor(passed / HOUR)} 小时前`;
  if (day === dayOf(now - DAY)) return `昨天 ${clockOf(at)}`;
  if (day.slice(0, 4) !== dayOf(now).slice(0, 4)) return day;
  return `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日`;
}

/** "今天", "昨天" or the date: the line between two days of a transcript. */
export function dayWords(at: string, now: number): string {
  const day = dayOf(at);
  if (day === dayOf(now)) return "今天";
  return day === dayOf(now - DAY) ? "昨天" : day;
}

/** "45 秒", "3 分 20 秒", "1 小时 5 分", "2 天". */
export function spanWords(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < MINUTE) return `${Math.floor(span / SECOND)} 秒`;
  if (span < HOUR) {
    const seconds = Math.floor((span % MINUTE) / SECOND);
    return span < 10 * MINUTE && seconds > 0
      ? `${Math.floor(span / MINUTE)} 分 ${seconds} 秒`
      : `${Math.floor(span / MINUTE)} 分`;
  }
  if (span < DAY) return `${Math.floor(span / HOUR)} 小时 ${Math.floor((span % HOUR) / MINUTE)} 分`;
  return `${Math.floor(span / DAY)} 天`;
}

/** "还剩 40 秒" or "超时 2 分". */
export function dueWords(dueAt: string, now: number): string {
  const left = Date.parse(dueAt) - now;
  return left > 0 ? `还剩 ${spanWords(left)}` : `超时 ${spanWords(-left)}`;
}

export type Urgency = "calm" | "soon" | "late";

/** Late from the deadline on; soon in the second half of the time there was. */
export function urgencyOf(dueAt: string | null, since: string | null, now: number): Urgency {
  if (dueAt === null) return "calm";
  const due = Date.parse(dueAt);
  if (now >= due) return "late";
  const start = since === null ? due - 2 * MINUTE : Date.parse(since);
  return due - now <= (due - start) / 2 ? "soon" : "calm";
}
