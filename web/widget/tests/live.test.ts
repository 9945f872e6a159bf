import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Api } from "../src/connection/api";
import { Live, PING_MS, POLL_MS } from "../src/connection/live";
import { type MessagesPage, PAGE_LENGTH, type Standing } from "../src/contract";
import { message, page } from "./samples";

/** The server's side of one WebSocket; the last one made is the one in use. */
class Socket {
  static all: Socket[] = [];
  static get last(): Socket {
    return Socket.all[Socket.all.length - 1]!;
  }
  readonly sent: { type: string }[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(readonly address: string) {
    Socket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string });
  }

  close(): void {
    this.closed = true;
  }

  push(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

/** A page whose content policy allows no push channel. */
function Refused(): never {
  throw new DOMException("content policy", "SecurityError");
}

/** What the server has stored, and how it can be reached. */
let stored: number[] = [];
let standing: Standing;
let status = 200;
let asked: number[] = [];
/** Holds an answer back until it is called. */
let hold: Promise<void> | null = null;

const fetching = (async (address: string): Promise<Response> => {
  if (status === 0) throw new TypeError("Failed to fetch");
  if (status !== 200) return new Response("{}", { status });
  const from = Number(new URL(address).searchParams.get("after"));
  asked.push(from);
  const messages = stored
    .filter((seq) => seq > from)
    .slice(0, PAGE_LENGTH)
    .map((seq) => message({ seq }));
  const answer: MessagesPage = page({ ...standing, messages });
  if (hold !== null) await hold;
  return new Response(JSON.stringify(answer));
}) as typeof fetch;

let heard: { seqs: number[]; standings: string[]; links: string[]; gone: number };
let live: Live;

function open(webSocket: unknown = Socket): Live {
  heard = { seqs: [], standings: [], links: [], gone: 0 };
  const take = (seq: number): void => {
    if (!heard.seqs.includes(seq)) heard.seqs.push(seq);
  };
  live = new Live(
    new Api("https://chat.example.cn", fetching),
    { id: "k", token: "secret" },
    {
      page: (one) => {
        for (const { seq } of one.messages) take(seq);
        heard.standings.push(one.state);
      },
      message: ({ seq }) => {
        take(seq);
      },
      standing: ({ state }) => heard.standings.push(state),
      typing: () => undefined,
      link: (link) => heard.links.push(link),
      gone: () => (heard.gone += 1),
    },
    webSocket as typeof WebSocket,
  );
  return live;
}

/** Gets the pushing going: connected, greeted, caught up. */
async function goLive(): Promise<void> {
  Socket.last.onopen?.();
  Socket.last.push({ type: "pong" });
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(() => {
  vi.useFakeTimers();
  Socket.all = [];
  stored = [];
  asked = [];
  standing = { state: "bot", queue: null, agent: null };
  status = 200;
  hold = null;
});
afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

describe("the push channel", () => {
  test("gets the token in its first frame, never in its address", () => {
    open().start();
    Socket.last.onopen?.();
    expect(Socket.last.address).toBe("wss://chat.example.cn/api/v1/conversations/k/live?after=0");
    expect(Socket.last.sent[0]).toEqual({ type: "auth", token: "secret" });
  });

  test("makes asking unnecessary", async () => {
    open().start();
    await goLive();
    const before = asked.length;
    Socket.last.push({ type: "message", message: message({ seq: 1 }) });
    Socket.last.push({ type: "message", message: message({ seq: 2 }) });
    await vi.advanceTimersByTimeAsync(3 * POLL_MS);
    expect(heard.seqs).toEqual([1, 2]);
    expect(asked).toHaveLength(before);
    expect(heard.links[heard.links.length - 1]).toBe("live");
  });

  test("with a gap makes us ask for what is missing", async () => {
    open().start();
    await goLive();
    stored = [1, 2, 3];
    Socket.last.push({ type: "message", message: message({ seq: 3 }) });
    await vi.advanceTimersByTimeAsync(0);
    expect([...heard.seqs].sort()).toEqual([1, 2, 3]);
    expect(asked[asked.length - 1]).toBe(0);
  });

  test("does not move the cursor over a gap, so what is missing is asked for until it is had", async () => {
    open().start();
    await goLive();
    status = 0;
    Socket.last.push({ type: "message", message: message({ seq: 3 }) });
    await vi.advanceTimersByTimeAsync(0);
    status = 200;
    stored = [1, 2, 3, 4];
    Socket.last.push({ type: "message", message: message({ seq: 4 }) });
    await vi.advanceTimersByTimeAsync(0);
    expect([...heard.seqs].sort()).toEqual([1, 2, 3, 4]);
  });

  test("resumes after what was had", async () => {
    open().start();
    await goLive();
    Socket.last.push({ type: "message", message: message({ seq: 1 }) });
    Socket.last.onclose?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(Socket.all).toHaveLength(2);
    expect(Socket.last.address).toContain("after=1");
  });

  test("what is no frame is let pass", async () => {
    open().start();
    await goLive();
    for (const data of ["{broken", "null", "[]", '{"type":1}', new ArrayBuffer(1)])
      Socket.last.onmessage?.({ data });
    expect(heard.seqs).toEqual([]);
  });

  test("that fell silent is given up and made anew", async () => {
    open().start();
    await goLive();
    await vi.advanceTimersByTimeAsync(2 * PING_MS);
    expect(Socket.all[0]?.closed).toBe(true);
    expect(Socket.all).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(Socket.all).toHaveLength(2);
  });

  test("that answers its pings is kept", async () => {
    open().start();
    await goLive();
    for (let beat = 0; beat < 5; beat += 1) {
      Socket.last.push({ type: "pong" });
      await vi.advanceTimersByTimeAsync(PING_MS);
    }
    expect(Socket.all).toHaveLength(1);
  });

  test("is tried again with growing pauses", async () => {
    open().start();
    const tries: number[] = [];
    for (let second = 0; second < 120; second += 1) {
      if (!Socket.last.closed) Socket.last.onclose?.();
      tries.push(Socket.all.length);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(tries[10]).toBeGreaterThanOrEqual(4);
    expect(tries[119]).toBeLessThanOrEqual(14);
  });
});

describe("asking", () => {
  test("goes on every few seconds where nothing can be pushed", async () => {
    open(Refused).start();
    await vi.advanceTimersByTimeAsync(0);
    stored = [1];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    stored = [1, 2];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(heard.seqs).toEqual([1, 2]);
    expect(asked).toEqual([0, 0, 1]);
    expect(heard.links[heard.links.length - 1]).toBe("polling");
  });

  test("stops when pushing begins, and takes over when it ends", async () => {
    open().start();
    await goLive();
    Socket.last.onclose?.();
    stored = [1];
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(heard.seqs).toEqual([1]);
    expect(heard.links).toContain("polling");
  });

  test("goes on to the next page while one is full", async () => {
    stored = Array.from({ length: 2 * PAGE_LENGTH + 5 }, (_, place) => place + 1);
    await open(Refused).catchUp();
    expect(heard.seqs).toHaveLength(2 * PAGE_LENGTH + 5);
    expect(asked).toEqual([0, PAGE_LENGTH, 2 * PAGE_LENGTH]);
  });

  test("says that the network is away, and that it is back", async () => {
    status = 0;
    open(Refused).start();
    await vi.advanceTimersByTimeAsync(0);
    expect(heard.links).toEqual(["connecting", "offline"]);
    status = 200;
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(heard.links[heard.links.length - 1]).toBe("polling");
  });

  test("an answer that was overtaken by a pushed state does not undo it", async () => {
    open().start();
    await goLive();
    let release = (): void => undefined;
    hold = new Promise((resolve) => {
      release = resolve;
    });
    Socket.last.push({ type: "message", message: message({ seq: 7 }) });
    await vi.advanceTimersByTimeAsync(0);
    Socket.last.push({ type: "state", state: "queued", queue: null, agent: null });
    release();
    await vi.advanceTimersByTimeAsync(0);
    expect(heard.standings[heard.standings.length - 1]).toBe("queued");
  });

  test("ends when the server does not know the conversation", async () => {
    status = 404;
    open().start();
    await vi.advanceTimersByTimeAsync(10 * POLL_MS);
    expect(heard.gone).toBe(1);
    expect(Socket.last.closed).toBe(true);
  });

  test("ends when it is stopped", async () => {
    open(Refused).start();
    await vi.advanceTimersByTimeAsync(0);
    live.stop();
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(10 * POLL_MS);
    expect(asked).toHaveLength(before);
    expect(heard.links[heard.links.length - 1]).toBe("idle");
  });
});

test("a page that is looked at again does not trust its old connection", async () => {
  open().start();
  await goLive();
  const old = Socket.last;
  stored = [1];
  live.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(old.closed).toBe(true);
  expect(Socket.all).toHaveLength(2);
  expect(heard.seqs).toEqual([1]);
});
