/** One door to the server: JSON both ways, the session's CSRF token, and every failure as an ApiError in words. */

const PREFIX = "/api/v1/staff";
const TIMEOUT_MS = 15_000;

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly problems: readonly string[] = [],
  ) {
    super(message);
  }
}

interface ErrorBody {
  readonly error?: {
    readonly code?: string;
    readonly message?: string;
    readonly problems?: readonly string[];
  };
}

interface Listeners {
  signedOut: () => void;
  serverTime: (at: number) => void;
}

let csrfToken = "";
let listeners: Listeners = { signedOut: () => undefined, serverTime: () => undefined };

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** Who is told that the session ended, and what the server's clock shows. */
export function listen(next: Listeners): void {
  listeners = next;
}

export const get = <T>(path: string): Promise<T> => request<T>("GET", path);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => request<T>("POST", path, body);
export const put = <T>(path: string, body: unknown): Promise<T> => request<T>("PUT", path, body);
export const remove = (path: string): Promise<undefined> => request<undefined>("DELETE", path);

/** A path's query; empty values are left out. */
export function query(values: Readonly<Record<string, string | number>>): string {
  const filled = Object.entries(values).filter(([, value]) => value !== "");
  return new URLSearchParams(filled.map(([name, value]) => [name, String(value)])).toString();
}

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await reach(method, path, body);
  const date = response.headers.get("Date");
  if (date !== null) listeners.serverTime(Date.parse(date));
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const error = await errorOf(response);
  if (response.status === 401 && error.code === "unauthorized") listeners.signedOut();
  throw error;
}

async function reach(method: string, path: string, body: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = csrfToken;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(PREFIX + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new ApiError("unreachable", "连不上服务器，请检查网络后重试。", 0);
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const { code = "http_error", message = "请求未能完成，请稍后重试。", problems = [] } = body.error ?? {};
  return new ApiError(code, message, response.status, problems);
}

/** The words to show for anything that was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof ApiError ? error.message : "页面出了问题，请刷新后重试。";
}
