import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live, type LinkState } from "../src/live";

class Socket {
  static readonly OPEN = 1;
  static opened: Socket[] = [];
  readyState = 1;
  readonly sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  constructor(readonly url: string) {
    Socket.opened.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.onclose?.();
  }
}

let states: LinkState[];
let frames: unknown[];
let live: Live;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  Socket.opened = [];
  states = [];
  frames = [];
  const events = {
    onState: (state: LinkState) => states.push(state),
    onFrame: (frame: unknown) => frames.push(frame),
  };
  live = new Live("ws://here/live", events, () => 0.5);
  live.start();
  Socket.opened[0]?.onopen?.();
});
afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

describe("the live connection", () => {
  it("tells the server at once that somebody is there", () => {
    expect(Socket.opened[0]?.sent).toEqual([{ type: "ping" }]);
  });

  it("passes on what is told, and keeps pongs to itself", () => {
    Socket.opened[0]?.onmessage?.({ data: '{"type":"pong"}' });
    Socket.opened[0]?.onmessage?.({ data: '{"type":"typing","conversation_id":"a"}' });
    expect(frames).toEqual([{ type: "typing", conversation_id: "a" }]);
  });

  it("tries again at growing intervals, and at once when the network is back", () => {
    Socket.opened[0]?.onclose?.();
    expect(states.at(-1)).toBe("retrying");
    vi.advanceTimersByTime(1000);
    expect(Socket.opened).toHaveLength(2);
    Socket.opened[1]?.onclose?.();
    vi.advanceTimersByTime(1000);
    expect(Socket.opened).toHaveLength(2);
    live.retryNow();
    expect(Socket.opened).toHaveLength(3);
    Socket.opened[2]?.onopen?.();
    expect(states.at(-1)).toBe("open");
  });

  it("gives up a server that answered and has gone silent", () => {
    Socket.opened[0]?.onmessage?.({ data: '{"type":"pong"}' });
    vi.advanceTimersByTime(45_000);
    expect(states.at(-1)).toBe("retrying");
  });

  it("stays closed once it was stopped", () => {
    live.stop();
    vi.advanceTimersByTime(60_000);
    expect(Socket.opened).toHaveLength(1);
    expect(states.at(-1)).toBe("closed");
  });
});
