import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RequestFailed } from "../src/connection/api";
import { Outbox } from "../src/connection/outbox";
import { type Pending, Store } from "../src/store";
import { message, pending } from "./samples";

const UNREACHABLE = new RequestFailed(0, "unreachable", "网络连接不上，请稍后再试");
const TOO_LONG = new RequestFailed(422, "text_too_long", "一条消息最多 2000 个字，请分开发送。");

/** A way out whose tries end as told, one after the other, and then well. */
function way(...ends: readonly (RequestFailed | null)[]): {
  sent: Pending[];
  deliver: (one: Pending) => Promise<void>;
} {
  const sent: Pending[] = [];
  const left = [...ends];
  const deliver = (one: Pending): Promise<void> => {
    sent.push(one);
    const end = left.shift() ?? null;
    return end === null ? Promise.resolve() : Promise.reject(end);
  };
  return { sent, deliver };
}

let store: Store;
const statuses = (): string[] => store.state.pending.map(({ status }) => status);

beforeEach(() => {
  vi.useFakeTimers();
  store = new Store();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("what the contact wrote", () => {
  test("goes out in its order, one after the other", async () => {
    const { sent, deliver } = way(UNREACHABLE);
    const outbox = new Outbox(store, deliver);
    outbox.add(pending({ clientMessageId: "c1" }));
    outbox.add(pending({ clientMessageId: "c2" }));
    await vi.runAllTimersAsync();
    expect(sent.map(({ clientMessageId }) => clientMessageId)).toEqual(["c1", "c1", "c2"]);
    expect(statuses()).toEqual(["sent", "sent"]);
  });

  test("is tried again by itself, with the same id", async () => {
    const { sent, deliver } = way(UNREACHABLE, new RequestFailed(503, "busy", "稍后再试"));
    new Outbox(store, deliver).add(pending());
    await vi.runAllTimersAsync();
    expect(sent.map(({ clientMessageId }) => clientMessageId)).toEqual(["c1", "c1", "c1"]);
    expect(statuses()).toEqual(["sent"]);
  });

  test("is shown as not sent after three tries, and goes out when tried again, with the same id", async () => {
    const { sent, deliver } = way(UNREACHABLE, UNREACHABLE, UNREACHABLE);
    const outbox = new Outbox(store, deliver);
    outbox.add(pending());
    await vi.runAllTimersAsync();
    expect(statuses()).toEqual(["failed"]);
    expect(store.state.pending[0]?.reason).toBeNull();
    outbox.retry("c1");
    await vi.runAllTimersAsync();
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ clientMessageId }) => clientMessageId))).toEqual(new Set(["c1"]));
    expect(statuses()).toEqual(["sent"]);
  });

  test("is not tried again when the server refused it, and the reason is shown", async () => {
    const { sent, deliver } = way(TOO_LONG);
    const outbox = new Outbox(store, deliver);
    outbox.add(pending());
    await vi.runAllTimersAsync();
    expect(sent).toHaveLength(1);
    expect(store.state.pending[0]).toMatchObject({ status: "failed", reason: TOO_LONG.message });
    outbox.retryUnreached();
    await vi.runAllTimersAsync();
    expect(sent).toHaveLength(1);
  });

  test("goes out by itself when the network is back", async () => {
    const { sent, deliver } = way(UNREACHABLE, UNREACHABLE, UNREACHABLE);
    const outbox = new Outbox(store, deliver);
    outbox.add(pending());
    await vi.runAllTimersAsync();
    outbox.retryUnreached();
    await vi.runAllTimersAsync();
    expect(sent).toHaveLength(4);
    expect(statuses()).toEqual(["sent"]);
  });

  test("waits as long as a busy server asks, within reason", async () => {
    const { sent, deliver } = way(new RequestFailed(429, "too_many", "慢一点", 5_000));
    new Outbox(store, deliver).add(pending());
    await vi.advanceTimersByTimeAsync(4_900);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toHaveLength(2);
  });

  test("that arrived by another way is not shown a second time when its answer was lost", async () => {
    const { deliver } = way(UNREACHABLE);
    new Outbox(store, deliver).add(pending());
    await vi.advanceTimersByTimeAsync(0);
    const stored = message({ seq: 1, sender: "contact", client_message_id: "c1" });
    store.dispatch({ type: "received", message: stored });
    await vi.runAllTimersAsync();
    expect(store.state.pending).toEqual([]);
    expect(store.state.messages).toHaveLength(1);
  });
});
