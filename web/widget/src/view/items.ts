/** Step 8: the lines of the transcript, in order, from the state. Pure. */
import type { Message } from "../contract";
import { type ChatState, isReplyExpected, lastMessage, type Pending } from "../store";
import { dayOf } from "./format";

export type Item =
  | { readonly type: "day"; readonly key: string; readonly at: string }
  | {
      readonly type: "own";
      readonly key: string;
      readonly text: string;
      readonly at: string;
      readonly seq: number | null;
      readonly status: Pending["status"];
      readonly reason: string | null;
    }
  /** `offer`: what it offers can still be taken. */
  | { readonly type: "system"; readonly key: string; readonly message: Message; readonly offer: boolean }
  /** `current`: nothing was said after it, so what it offers can still be chosen. */
  | { readonly type: "said"; readonly key: string; readonly message: Message; readonly current: boolean }
  | { readonly type: "typing"; readonly key: "typing"; readonly by: "bot" | "agent"; readonly slow: boolean };

export function itemsOf(state: ChatState): Item[] {
  const current = state.pending.length === 0 ? lastMessage(state)?.seq : undefined;
  const lines: Item[] = [
    ...state.messages.map((message) => messageItem(message, state, message.seq === current)),
    ...state.pending.map(pendingItem),
  ];
  const items = withDays(lines);
  const by = state.typing ?? (isReplyExpected(state) ? "bot" : null);
  return by === null ? items : [...items, { type: "typing", key: "typing", by, slow: state.slow }];
}

function messageItem(message: Message, state: ChatState, current: boolean): Item {
  if (message.sender === "contact") {
    // The same key as while it waited: the bubble stays, its text becomes the server's.
    const key = message.client_message_id ?? message.id;
    const { text, created_at: at, seq } = message;
    return { type: "own", key, text, at, seq, status: "sent", reason: null };
  }
  const key = `seq ${message.seq}`;
  if (message.sender === "system" || message.kind === "notice") {
    const taken = state.callback !== "closed" || state.receipt !== null || state.state === "assigned";
    return { type: "system", key, message, offer: message.offer === "callback" && !taken };
  }
  return { type: "said", key, message, current };
}

function pendingItem({ clientMessageId, text, createdAt, status, reason }: Pending): Item {
  return { type: "own", key: clientMessageId, text, at: createdAt, seq: null, status, reason };
}

function withDays(lines: readonly Item[]): Item[] {
  const items: Item[] = [];
  let day = "";
  for (const line of lines) {
    const at = line.type === "own" ? line.at : "message" in line ? line.message.created_at : null;
    if (at !== null && dayOf(at) !== day) {
      day = dayOf(at);
      items.push({ type: "day", key: `day ${day}`, at });
    }
    items.push(line);
  }
  return items;
}
