/** A stand-in for the server: answers by method and path, and remembers what it was sent. */
import { vi } from "vitest";
import type { Row, Seat, SignedIn, StaffMessage } from "../src/api/schemas";

interface Sent {
  readonly call: string;
  readonly body: unknown;
}

type Answer = (body: unknown) => unknown;

export class Refusal {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly message: string,
    readonly problems: readonly string[] = [],
  ) {}
}

/** `answers` are keyed by "GET /path"; what is missing cannot be reached. */
export function standIn(answers: Record<string, Answer>): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", (path: string, { method, body }: { method: string; body: string | null }) => {
    const call = `${method} ${path.replace("/api/v1/staff", "")}`;
    const parsed: unknown = body === null ? null : JSON.parse(body);
    sent.push({ call, body: parsed });
    const answer = answers[call];
    if (answer === undefined) return Promise.reject(new TypeError("network"));
    const result = answer(parsed);
    if (!(result instanceof Refusal)) return Promise.resolve(Response.json(result));
    const { status, ...error } = result;
    return Promise.resolve(Response.json({ error }, { status }));
  });
  return sent;
}

export const SEAT: Seat = {
  id: "seat-1",
  number: "1001",
  name: "坐席员甲",
  tier: "general",
  skills: [],
  capacity: 5,
  open_count: 1,
  availability: "online",
};

export const signedInAs = (
  id: string,
  roles: SignedIn["user"]["roles"],
  seat: Seat | null = null,
): SignedIn => ({
  user: { id, username: id, name: id, roles, seat },
  csrf_token: "csrf",
});

export const row = (id: string, change: Partial<Row> = {}): Row => ({
  id,
  contact: `访客 ${id}`,
  channel: "web",
  state: "assigned",
  tier: "general",
  skill: null,
  last_text: "",
  last_at: "2026-11-25T10:00:00+08:00",
  queued_at: null,
  due_at: null,
  position: null,
  seat: { id: SEAT.id, name: SEAT.name, number: SEAT.number },
  accepted: true,
  unread: 0,
  reason: null,
  ...change,
});

export const message = (seq: number, change: Partial<StaffMessage> = {}): StaffMessage => ({
  seq,
  id: `m${seq}`,
  sender: "contact",
  sender_name: null,
  kind: "text",
  text: `第 ${seq} 句`,
  outcome: null,
  details: null,
  citations: [],
  validity: null,
  options: [],
  entry_id: null,
  client_message_id: null,
  feedback: null,
  created_at: "2026-11-25T10:00:00+08:00",
  offer: null,
  ...change,
});
