/** Conversations, seats and work orders. */
import { get, post, put, query } from "./http";
import type {
  Availability,
  ConversationDetail,
  ListView,
  Order,
  OrderStage,
  OutgoingMessage,
  Row,
  Seat,
  StaffMessage,
  Tier,
} from "./schemas";

const PAGE_LENGTH = 200;

const at = (id: string, action = ""): string => `/conversations/${encodeURIComponent(id)}${action}`;

export async function listConversations(view: ListView, search = ""): Promise<readonly Row[]> {
  const found = await get<{ conversations: Row[] }>(`/conversations?${query({ view, search })}`);
  return found.conversations;
}

export const readConversation = (id: string): Promise<ConversationDetail> => get(at(id));

/** Everything said after a message's number, however many answers that takes. */
export async function readMessages(id: string, after: number): Promise<readonly StaffMessage[]> {
  const all: StaffMessage[] = [];
  let page: readonly StaffMessage[];
  do {
    const last = all.at(-1)?.seq ?? after;
    page = (await get<{ messages: StaffMessage[] }>(at(id, `/messages?${query({ after: last })}`))).messages;
    all.push(...page);
  } while (page.length >= PAGE_LENGTH);
  return all;
}

export const claim = (id: string): Promise<Row> => post(at(id, "/claim"));
export const accept = (id: string): Promise<Row> => post(at(id, "/accept"));
export const reopen = (id: string): Promise<Row> => post(at(id, "/reopen"));
export const release = (id: string, reason: string): Promise<Row> => post(at(id, "/release"), { reason });

export const transfer = (
  id: string,
  { tier, seatId, reason }: { tier: Tier; seatId: string | null; reason: string },
): Promise<Row> =>
  post(at(id, "/transfer"), seatId === null ? { tier, reason } : { tier, seat_id: seatId, reason });

export const resolve = (id: string, classification: string, note: string): Promise<Row> =>
  post(at(id, "/resolve"), note === "" ? { classification } : { classification, note });

export const sendMessage = (id: string, message: OutgoingMessage): Promise<StaffMessage> =>
  post(at(id, "/messages"), message);

export async function listSeats(): Promise<readonly Seat[]> {
  return (await get<{ seats: Seat[] }>("/seats")).seats;
}

export const setAvailability = (availability: Availability): Promise<Seat> =>
  put("/seat/availability", { availability });

export async function listOrders(state: OrderStage | ""): Promise<readonly Order[]> {
  return (await get<{ orders: Order[] }>(`/orders?${query({ state })}`)).orders;
}

/** The telephone number in full; who asked and why is kept. */
export const showPhone = (number: string, reason: string): Promise<{ phone: string }> =>
  post(`/orders/${encodeURIComponent(number)}/phone`, { reason });

export const closeOrder = (number: string, reply: string): Promise<Order> =>
  post(`/orders/${encodeURIComponent(number)}/close`, { reply });
