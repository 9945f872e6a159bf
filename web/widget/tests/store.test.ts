import { describe, expect, test } from "vitest";
import { type ChatEvent, type ChatState, INITIAL, isReplyExpected, reduce, Store } from "../src/store";
import { itemsOf } from "../src/view/items";
import { message, page, pending } from "./samples";

function after(...events: readonly ChatEvent[]): ChatState {
  return events.reduce(reduce, INITIAL);
}

const written = { type: "written", pending: pending() } as const;
const own = message({ seq: 1, sender: "contact", text: "要交税吗", client_message_id: "c1" });
const reply = message({ seq: 2, outcome: "answer" });

describe("messages", () => {
  test("come once, in order, however often and in whichever order they arrive", () => {
    const state = after(
      { type: "received", message: reply },
      { type: "received", message: own },
      { type: "pageReceived", page: page({ messages: [own, reply] }) },
      { type: "received", message: reply },
    );
    expect(state.messages.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test("take the place of what waited, in the same line", () => {
    const waiting = after(written);
    const arrived = reduce(waiting, { type: "received", message: { ...own, text: "要交税吗（服务端）" } });
    expect(arrived.pending).toEqual([]);
    const key = (state: ChatState): string | undefined =>
      itemsOf(state).find(({ type }) => type === "own")?.key;
    expect(key(arrived)).toBe(key(waiting));
  });

  test("notes for staff are never shown", () => {
    expect(after({ type: "received", message: message({ seq: 1, kind: "note" }) }).messages).toEqual([]);
  });

  test("are counted as unread only while the window is closed, and not those of an earlier page", () => {
    const resumed = after({ type: "pageReceived", page: page({ messages: [own, reply] }) });
    expect(resumed.unread).toBe(0);
    const more = reduce(resumed, { type: "received", message: message({ seq: 3 }) });
    expect(more.unread).toBe(1);
    expect(reduce(more, { type: "opened" }).unread).toBe(0);
  });
});

describe("the sign that a reply is being made", () => {
  test("is there from the first moment, and goes with the reply", () => {
    const waiting = after(written);
    expect(isReplyExpected(waiting)).toBe(true);
    expect(itemsOf(waiting)[itemsOf(waiting).length - 1]).toMatchObject({ type: "typing", by: "bot" });
    const stored = reduce(waiting, { type: "received", message: own });
    expect(isReplyExpected(stored)).toBe(true);
    expect(isReplyExpected(reduce(stored, { type: "received", message: reply }))).toBe(false);
  });

  test("is not there for what could not be sent, nor while people hold the conversation", () => {
    const failed = { type: "refused", clientMessageId: "c1", reason: null } as const;
    expect(isReplyExpected(after(written, failed))).toBe(false);
    const queued = {
      type: "standingChanged",
      standing: { state: "queued", queue: null, agent: null },
    } as const;
    expect(isReplyExpected(after(written, queued))).toBe(false);
  });

  test("says after a while that it takes long, until something comes", () => {
    const slow = after(written, { type: "waitedLong" });
    expect(itemsOf(slow)[itemsOf(slow).length - 1]).toMatchObject({ slow: true });
    expect(reduce(slow, { type: "received", message: reply }).slow).toBe(false);
  });
});

describe("options", () => {
  const clarify = message({ seq: 2, outcome: "clarify", options: [{ option_id: "e1", label: "甲" }] });
  const isCurrent = (state: ChatState): unknown =>
    itemsOf(state).find((item) => item.type === "said" && item.message.seq === 2);

  test("can be chosen only while nothing was said after them", () => {
    const offered = after({ type: "received", message: own }, { type: "received", message: clarify });
    expect(isCurrent(offered)).toMatchObject({ current: true });
    const goneOn = reduce(offered, { type: "written", pending: pending({ clientMessageId: "c2" }) });
    expect(isCurrent(goneOn)).toMatchObject({ current: false });
  });
});

describe("the call-back that a line offers", () => {
  const nobody = message({ seq: 3, sender: "system", kind: "notice", offer: "callback" });
  const offer = (state: ChatState): boolean =>
    itemsOf(state).some((item) => item.type === "system" && item.offer);

  test("can be taken until it was, and again when the receipt was put away", () => {
    const told = after({ type: "personRequested", requesting: true }, { type: "received", message: nobody });
    expect(told.requestingPerson).toBe(false);
    expect(offer(told)).toBe(true);
    const opened = reduce(told, { type: "callbackChanged", step: "open" });
    expect(offer(opened)).toBe(false);
    const placed = reduce(opened, { type: "callbackPlaced", receipt: { order_number: "TD1", code: "42" } });
    expect(offer(placed)).toBe(false);
    expect(placed.callback).toBe("closed");
    expect(offer(reduce(placed, { type: "receiptNoted" }))).toBe(true);
  });
});

describe("holders", () => {
  const stand = (state: ChatState["state"]): ChatEvent => ({
    type: "standingChanged",
    standing: { state, queue: null, agent: null },
  });

  test("a conversation that is taken up again can be rated anew", () => {
    const rated = after(stand("resolved"), { type: "rated", grade: 5 });
    expect(rated.rating).toEqual({ grade: 5 });
    expect(reduce(rated, stand("bot")).rating).toBeNull();
  });

  test("a change closes the call-back form and ends the request for a person", () => {
    const asking = after(
      { type: "personRequested", requesting: true },
      { type: "callbackChanged", step: "open" },
      stand("queued"),
    );
    expect(asking).toMatchObject({ state: "queued", requestingPerson: false, callback: "closed" });
    const again = reduce(reduce(asking, { type: "callbackChanged", step: "open" }), stand("queued"));
    expect(again.callback).toBe("open");
  });

  test("leaving a conversation keeps what was not yet sent", () => {
    const state = after(written, { type: "received", message: reply }, { type: "forgotten" });
    expect(state.messages).toEqual([]);
    expect(state.pending).toHaveLength(1);
  });
});

test("days are told apart by the service's calendar", () => {
  const late = message({ seq: 1, created_at: "2026-11-23T15:59:00Z" });
  const early = message({ seq: 2, created_at: "2026-11-23T16:01:00Z" });
  const items = itemsOf(after({ type: "pageReceived", page: page({ messages: [late, early] }) }));
  expect(items.map(({ type }) => type)).toEqual(["day", "said", "day", "said"]);
});

test("listeners hear of each change until they leave", () => {
  const store = new Store();
  const heard: boolean[] = [];
  const lifetime = new AbortController();
  store.subscribe((state, before) => heard.push(state.open && !before.open), lifetime.signal);
  store.dispatch({ type: "opened" });
  lifetime.abort();
  store.dispatch({ type: "closed" });
  expect(heard).toEqual([true]);
});
