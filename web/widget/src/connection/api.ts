/** Steps 1 and 8: the server's HTTP interface for a contact, typed. One method, one request; no retries here. */
import type { CallbackReceipt, Conversation, Feedback, MessagesPage, Utterance, Welcome } from "../contract";

/** The request did not do what it should; `retryable` says whether the same request may succeed later. */
export class RequestFailed extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }

  /** The server could not be reached, or was not able to do its work just now. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** The server does not know this conversation, or no longer accepts its token. */
  get gone(): boolean {
    return this.status === 401 || this.status === 404;
  }
}

const TIMEOUT_MS = 15_000;

export class Api {
  readonly #fetch: typeof fetch;

  constructor(
    readonly server: string,
    fetching: typeof fetch,
  ) {
    this.#fetch = fetching;
  }

  async welcome(): Promise<Welcome> {
    const welcome = (await this.#request("GET", "/api/v1/topics", null)) as Welcome;
    // The page around us may be another server's.
    return { ...welcome, privacy_url: new URL(welcome.privacy_url, `${this.server}/`).href };
  }

  async startConversation(region: string | null): Promise<Conversation> {
    const body = { channel: "web", ...(region === null ? {} : { region }) };
    const started = (await this.#request("POST", "/api/v1/conversations", null, body)) as {
      conversation_id: string;
      token: string;
    };
    return { id: started.conversation_id, token: started.token };
  }

  messages(conversation: Conversation, after: number): Promise<MessagesPage> {
    return this.#within(conversation, "GET", `/messages?after=${after}`) as Promise<MessagesPage>;
  }

  async send(conversation: Conversation, utterance: Utterance): Promise<void> {
    await this.#within(conversation, "POST", "/messages", utterance);
  }

  async requestPerson(conversation: Conversation): Promise<void> {
    await this.#within(conversation, "POST", "/handoff", {});
  }

  async giveFeedback(conversation: Conversation, seq: number, value: Feedback): Promise<void> {
    await this.#within(conversation, "POST", `/messages/${seq}/feedback`, { value });
  }

  async rate(conversation: Conversation, grade: number, comment: string): Promise<void> {
    await this.#within(conversation, "POST", "/rating", { grade, ...(comment === "" ? {} : { comment }) });
  }

  requestCallback(conversation: Conversation, phone: string, note: string): Promise<CallbackReceipt> {
    const body = { phone, ...(note === "" ? {} : { note }) };
    return this.#within(conversation, "POST", "/callback", body) as Promise<CallbackReceipt>;
  }

  /** The address of the push channel; the token travels in the first frame, never here. */
  liveAddress(conversation: Conversation, after: number): string {
    const server = this.server.replace(/^http/, "ws");
    return `${server}/api/v1/conversations/${encodeURIComponent(conversation.id)}/live?after=${after}`;
  }

  #within(conversation: Conversation, method: string, path: string, body?: object): Promise<unknown> {
    const address = `/api/v1/conversations/${encodeURIComponent(conversation.id)}${path}`;
    return this.#request(method, address, conversation.token, body);
  }

  async #request(method: string, path: string, token: string | null, body?: object): Promise<unknown> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const limit = new AbortController();
    const timer = setTimeout(() => {
      limit.abort();
    }, TIMEOUT_MS);
    try {
      const response = await this.#fetch.call(globalThis, this.server + path, {
        method,
        headers,
        credentials: "omit",
        cache: "no-store",
        signal: limit.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw await failure(response);
      const text = await response.text();
      return text === "" ? null : (JSON.parse(text) as unknown);
    } catch (error) {
      if (error instanceof RequestFailed) throw error;
      throw new RequestFailed(0, "unreachable", "网络连接不上，请稍后再试");
    } finally {
      clearTimeout(timer);
    }
  }
}

async function failure(response: Response): Promise<RequestFailed> {
  let code = "unknown";
  let message = "操作没有成功，请稍后再试";
  try {
    const body = (await response.json()) as { error?: { code?: string; message?: string } };
    code = body.error?.code ?? code;
    message = body.error?.message ?? message;
  } catch {
    // A proxy's error page is not ours; the words above stand.
  }
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new RequestFailed(response.status, code, message, Number.isFinite(seconds) ? seconds * 1000 : null);
}
