/**
 * Step 8 for staff: what changes on the server, as it happens. A lost connection is tried again at growing
 * intervals; whoever listens is told when it is back, and reads again what was missed.
 */
import type { Frame } from "./api/schemas";

export type LinkState = "connecting" | "open" | "retrying" | "closed";

const PING_MS = 15_000;
const SILENCE_MS = 40_000;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 15_000;

export interface LiveEvents {
  readonly onFrame: (frame: Frame) => void;
  readonly onState: (state: LinkState) => void;
}

export class Live {
  #socket: WebSocket | null = null;
  #ping: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #heardAt = 0;
  #answersPings = false;

  constructor(
    private readonly url: string,
    private readonly events: LiveEvents,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    this.#connect("connecting");
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#drop();
    this.events.onState("closed");
  }

  /** Tries at once, when the network is known to be back. */
  retryNow(): void {
    if (this.#socket !== null) return;
    clearTimeout(this.#retry);
    this.#connect("retrying");
  }

  send(frame: Readonly<Record<string, unknown>>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #connect(state: LinkState): void {
    this.events.onState(state);
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    this.#answersPings = false;
    socket.onopen = () => {
      this.#failures = 0;
      this.#heardAt = Date.now();
      this.#ping = setInterval(() => {
        this.#beat();
      }, PING_MS);
      this.#beat();
      this.events.onState("open");
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      this.#heardAt = Date.now();
      const frame = JSON.parse(event.data) as Frame;
      if (frame.type === "pong") this.#answersPings = true;
      else this.events.onFrame(frame);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lost();
    };
  }

  /** A ping says that the seat is there. A server that answered pings and has gone silent is lost. */
  #beat(): void {
    if (this.#answersPings && Date.now() - this.#heardAt > SILENCE_MS) this.#lost();
    else this.send({ type: "ping" });
  }

  #lost(): void {
    this.#drop();
    this.events.onState("retrying");
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    this.#retry = setTimeout(
      () => {
        this.#connect("retrying");
      },
      wait * (0.75 + this.random() / 2),
    );
  }

  #drop(): void {
    clearInterval(this.#ping);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
