/** What the tests say and hear: a message, a page and a pending utterance with only what a test cares about. */
import type { Message, MessagesPage } from "../src/contract";
import type { Pending } from "../src/store";

export function message(part: Partial<Message> & { readonly seq: number }): Message {
  return {
    id: `m${part.seq}`,
    sender: "bot",
    sender_name: null,
    kind: "text",
    text: "不用交。",
    outcome: null,
    details: null,
    citations: [],
    validity: null,
    options: [],
    entry_id: null,
    client_message_id: null,
    feedback: null,
    created_at: "2026-11-24T02:00:00Z",
    offer: null,
    ...part,
  };
}

export function page(part: Partial<MessagesPage> = {}): MessagesPage {
  return { messages: [], state: "bot", queue: null, agent: null, rating: null, notice: null, ...part };
}

export function pending(part: Partial<Pending> = {}): Pending {
  return {
    clientMessageId: "c1",
    text: "要交税吗",
    optionId: null,
    createdAt: "2026-11-24T02:00:00Z",
    status: "sending",
    reason: null,
    ...part,
  };
}

/** Waits until every promise that can settle by itself has. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
