/** The whole element, with a server that is a function: what the element tests stand in. */
import { afterEach, beforeEach, vi } from "vitest";
import type { Message, MessagesPage } from "../src/contract";
import { TongdaChatElement } from "../src/element";
import { message, page } from "./samples";

customElements.define("tongda-chat", TongdaChatElement);

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, string | undefined>> | null;
}

/** The server: what it was asked, what it has stored, how things stand, and which paths fail (0: unreachable). */
class Server {
  readonly calls: Call[] = [];
  readonly stored: Message[] = [];
  readonly failing = new Map<string, number>();
  standing: Partial<MessagesPage> = {};

  get sent(): Call[] {
    return this.calls.filter(({ path, method }) => method === "POST" && path.endsWith("/messages"));
  }

  readonly fetch = ((address: string, init: RequestInit): Promise<Response> => {
    const { method = "GET" } = init;
    const path = new URL(address).pathname.replace("/api/v1", "");
    const call = { method, path, body: init.body ? (JSON.parse(init.body as string) as Call["body"]) : null };
    this.calls.push(call);
    const status = this.failing.get(path);
    if (status === 0) return Promise.reject(new TypeError("Failed to fetch"));
    if (status !== undefined) return Promise.resolve(new Response("{}", { status }));
    return Promise.resolve(new Response(JSON.stringify(this.#answer(call))));
  }) as typeof fetch;

  #answer({ method, path, body }: Call): object | null {
    if (path === "/topics") {
      const topics = [{ label: "申报期限", question: "这个月报税截止到几号" }];
      return { topics, notice: "今日 17:30 后只受理留言", greeting: "您好", privacy_url: "/privacy" };
    }
    if (method === "POST" && path === "/conversations") return { conversation_id: "k", token: "t" };
    if (method === "GET") return page({ ...this.standing, messages: this.stored });
    if (path === "/conversations/k/callback") return { order_number: "TD1", code: "4242" };
    if (path === "/conversations/k/messages") this.#hear(body ?? {});
    return null;
  }

  #hear({ client_message_id = "", text, option_id }: NonNullable<Call["body"]>): void {
    if (this.stored.some((one) => one.client_message_id === client_message_id)) return;
    const words = text ?? `选了 ${option_id ?? ""}`;
    const seq = this.stored.length + 1;
    this.stored.push(message({ seq, sender: "contact", text: words, client_message_id }));
  }
}

export let server: Server;
export let element: HTMLElement;

/** No push channel: everything comes by asking. */
function NoSocket(): never {
  throw new DOMException("content policy", "SecurityError");
}

export function mount(attributes: Readonly<Record<string, string>> = { open: "" }): void {
  element = document.createElement("tongda-chat");
  element.setAttribute("server", "https://chat.example.cn");
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.body.append(element);
}

export function find(selector: string): HTMLElement {
  return element.shadowRoot!.querySelector<HTMLElement>(selector)!;
}

export function field(selector: string): HTMLInputElement {
  return find(selector) as HTMLInputElement;
}

export function texts(selector: string): (string | null)[] {
  return [...element.shadowRoot!.querySelectorAll(selector)].map((found) => found.textContent);
}

export function focused(): Element | null {
  return element.shadowRoot!.activeElement;
}

/** Types `text` into the input, the caret behind it. */
export function type(text: string, inputType = "insertText"): void {
  field("#input").value = text;
  field("#input").selectionStart = field("#input").selectionEnd = text.length;
  field("#input").dispatchEvent(new InputEvent("input", { inputType, bubbles: true }));
}

export function press(key: string, init: KeyboardEventInit = {}): void {
  find("#input").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, ...init }));
}

export function submit(selector: string): void {
  find(selector).dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
}

/** Lets what is under way come to its end. */
export async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

/** Lets the page ask the server once more. */
export async function polled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(3_000);
}

export async function say(text: string): Promise<void> {
  type(text);
  press("Enter");
  await settled();
}

/** Fresh server and browser for each test of the file. */
export function setUp(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    sessionStorage.clear();
    server = new Server();
    vi.stubGlobal("fetch", server.fetch);
    vi.stubGlobal("WebSocket", NoSocket);
  });
  afterEach(() => {
    element.remove();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}
