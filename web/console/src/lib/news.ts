/** What in the lists wants a person's attention, so that the page can say only what is new. Pure. */
import type { Row } from "../api/schemas";

export interface Attention {
  readonly key: string;
  readonly text: string;
  readonly conversationId: string;
}

/** One item for each thing to do: a conversation that waits, one to accept, one with something unread. */
export function attentionOf(rows: Iterable<Row>, seatId: string | null): Attention[] {
  const items: Attention[] = [];
  for (const row of rows) {
    const mine = row.state === "assigned" && seatId !== null && row.seat?.id === seatId;
    const item = (kind: string, text: string): void => {
      items.push({ key: `${kind}:${row.id}`, text: `${text}：${row.contact}`, conversationId: row.id });
    };
    if (row.state === "queued") item(`queued@${row.queued_at ?? ""}`, "有人在等待");
    else if (mine && !row.accepted) item("assigned", "已分配给您");
    else if (mine && row.unread > 0) item(`unread${row.unread}`, "新消息");
  }
  return items;
}

export function newsBetween(before: readonly Attention[], after: readonly Attention[]): readonly Attention[] {
  const known = new Set(before.map((item) => item.key));
  return after.filter((item) => !known.has(item.key));
}
