/**
 * Step 8, the page's side: messages come by push; while that cannot be had, by asking every few seconds.
 *
 * The cursor is the last `seq` up to which nothing is missing. It moves by one with a pushed message, and by
 * what a page of messages holds; a gap makes us ask. So nothing is lost, whichever way it comes.
 */
import {
  type Conversation,
  type Frame,
  type Message,
  type MessagesPage,
  PAGE_LENGTH,
  type Standing,
} from "../contract";
import type { Link } from "../store";
import { type Api, RequestFailed } from "./api";

export interface LiveListener {
  page(page: MessagesPage): void;
  message(message: Message): void;
  standing(standing: Standing): void;
  typing(sender: "bot" | "agent"): void;
  link(link: Link): void;
  /** The server does not know the conversation any more. */
  gone(): void;
}

export const POLL_MS = 3_000;
export const PING_MS = 20_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export class Live {
  readonly #api: Api;
  readonly #conversation: Conversation;
  readonly #listener: LiveListener;
  readonly #WebSocket: typeof WebSocket;
  #cursor = 0;
  #running = false;
  #socket: WebSocket | null = null;
  #live = false;
  #heard = false;
  #pushed: Standing | null = null;
  #failures = 0;
  #polling: ReturnType<typeof setTimeout> | undefined;
  #reconnecting: ReturnType<typeof setTimeout> | undefined;
  #pinging: ReturnType<typeof setInterval> | undefined;

  constructor(api: Api, conversation: Conversation, listener: LiveListener, webSocket: typeof WebSocket) {
    this.#api = api;
    this.#conversation = conversation;
    this.#listener = listener;
    this.#WebSocket = webSocket;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#listener.link("connecting");
    this.#connect();
    void this.#poll();
  }

  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    clearTimeout(this.#polling);
    clearTimeout(this.#reconnecting);
    this.#dropSocket();
    this.#listener.link("idle");
  }

  /**
   * The network is back or gone, or the page is looked at again: do not wait for the next try. A connection from
   * before may be dead without our having been told.
   */
  wake(): void {
    if (!this.#running) return;
    this.#failures = 0;
    this.#dropSocket();
    clearTimeout(this.#reconnecting);
    this.#connect();
    void this.#poll();
  }

  /** Asks once for what was said so far; a page that is not being pushed to knows from it where it stands. */
  async catchUp(): Promise<void> {
    if (!this.#running) await this.#refresh();
  }

  /** Asks at once unless messages are being pushed anyway. */
  nudge(): void {
    if (this.#running && !this.#live) void this.#poll();
  }

  tellTyping(): void {
    if (this.#live) this.#socket?.send(JSON.stringify({ type: "typing" }));
  }

  async #poll(): Promise<void> {
    clearTimeout(this.#polling);
    await this.#refresh();
    clearTimeout(this.#polling);
    if (this.#running && !this.#live) this.#polling = setTimeout(() => void this.#poll(), POLL_MS);
  }

  /** Asks for what came after the cursor, now. */
  async #refresh(): Promise<void> {
    try {
      let page: MessagesPage;
      do page = await this.#ask();
      while (page.messages.length >= PAGE_LENGTH);
      if (this.#running && !this.#live) this.#listener.link("polling");
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      if (error.gone) {
        this.stop();
        this.#listener.gone();
      } else if (this.#running && !this.#live) this.#listener.link("offline");
    }
  }

  async #ask(): Promise<MessagesPage> {
    const pushedBefore = this.#pushed;
    const page = await this.#api.messages(this.#conversation, this.#cursor);
    for (const message of page.messages) this.#cursor = Math.max(this.#cursor, message.seq);
    this.#listener.page(page);
    // A state that was pushed while we asked is newer than the answer.
    if (this.#pushed !== null && this.#pushed !== pushedBefore) this.#listener.standing(this.#pushed);
    return page;
  }

  #connect(): void {
    let socket: WebSocket;
    try {
      socket = new this.#WebSocket(this.#api.liveAddress(this.#conversation, this.#cursor));
    } catch {
      return; // The host page's content policy does not allow it; asking goes on.
    }
    this.#socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify({ type: "auth", token: this.#conversation.token }));
      socket.send(JSON.stringify({ type: "ping" }));
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      this.#hear(event.data);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#lose();
    };
  }

  #hear(data: unknown): void {
    const frame = readFrame(data);
    if (frame === null) return;
    this.#heard = true;
    if (!this.#live) this.#goLive();
    if (frame.type === "message") this.#take(frame.message);
    else if (frame.type === "state") this.#stand(frame);
    else if (frame.type === "typing") this.#listener.typing(frame.sender);
  }

  #take(message: Message): void {
    if (message.seq === this.#cursor + 1) this.#cursor = message.seq;
    else if (message.seq > this.#cursor) void this.#poll();
    this.#listener.message(message);
  }

  #stand(standing: Standing): void {
    this.#pushed = standing;
    this.#listener.standing(standing);
  }

  #goLive(): void {
    this.#live = true;
    this.#failures = 0;
    this.#listener.link("live");
    // Once more by asking: what happened between the last page and the first push.
    void this.#poll();
    this.#pinging = setInterval(() => {
      this.#beat();
    }, PING_MS);
  }

  /** A silent connection may be dead without having been closed. */
  #beat(): void {
    if (!this.#heard) {
      this.#dropSocket();
      this.#lose();
      return;
    }
    this.#heard = false;
    this.#socket?.send(JSON.stringify({ type: "ping" }));
  }

  #lose(): void {
    this.#dropSocket();
    if (!this.#running) return;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    // Spread out, so that a restarted server is not met by every page in the same second.
    const spread = pause * (0.5 + Math.random() / 2);
    clearTimeout(this.#reconnecting);
    this.#reconnecting = setTimeout(() => {
      this.#connect();
    }, spread);
    void this.#poll();
  }

  #dropSocket(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#live = false;
    this.#heard = false;
    clearInterval(this.#pinging);
    socket?.close();
  }
}

function readFrame(data: unknown): Frame | null {
  if (typeof data !== "string") return null;
  try {
    const frame = JSON.parse(data) as Frame | null;
    return typeof frame?.type === "string" ? frame : null;
  } catch {
    return null;
  }
}
