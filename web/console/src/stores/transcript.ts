/** The conversation that is open: what was said, what came with it, and what is on its way to the server. */
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { newId } from "../../../widget/src/ids";
import * as desk from "../api/desk";
import { wordsOf } from "../api/http";
import type { ConversationDetail, OutgoingMessage, Row, StaffMessage } from "../api/schemas";
import { useClock } from "./clock";
import { useConversations } from "./conversations";

const TYPING_MS = 5000;

export interface Pending {
  readonly conversationId: string;
  readonly message: OutgoingMessage;
  readonly failure: string | null;
}

export const useTranscript = defineStore("transcript", () => {
  const lists = useConversations();
  const clock = useClock();
  const id = ref<string | null>(null);
  const detail = shallowRef<ConversationDetail | null>(null);
  const messages = shallowRef<readonly StaffMessage[]>([]);
  /** Of every conversation, so that what failed in one is still there after looking at another. */
  const unsent = ref<readonly Pending[]>([]);
  const failure = ref<string | null>(null);
  const typingUntil = ref(0);
  let writer: string | null = null;

  const row = computed<Row | null>(() => {
    if (id.value === null) return null;
    return lists.rows.get(id.value) ?? detail.value?.conversation ?? null;
  });
  const pending = computed(() => unsent.value.filter((item) => item.conversationId === id.value));
  const isMine = computed(() => row.value !== null && lists.isMine(row.value));
  const isTyping = computed(() => typingUntil.value > clock.now);

  async function open(conversationId: string | null): Promise<void> {
    id.value = conversationId;
    detail.value = null;
    messages.value = [];
    failure.value = null;
    typingUntil.value = 0;
    if (conversationId !== null) await refresh();
  }

  /** Reads again what came with the conversation and all that was said since the last message here. */
  async function refresh(): Promise<void> {
    const wanted = id.value;
    if (wanted === null) return;
    try {
      const [fresh] = await Promise.all([desk.readConversation(wanted), catchUp()]);
      if (id.value !== wanted) return;
      detail.value = fresh;
      lists.apply(fresh.conversation);
      failure.value = null;
    } catch (error) {
      if (id.value === wanted) failure.value = wordsOf(error);
    }
  }

  async function catchUp(): Promise<void> {
    const wanted = id.value;
    if (wanted === null) return;
    const said = await desk.readMessages(wanted, messages.value.at(-1)?.seq ?? 0);
    if (id.value === wanted) add(said);
  }

  function add(said: readonly StaffMessage[]): void {
    const known = new Map(messages.value.map((message) => [message.seq, message]));
    for (const message of said) known.set(message.seq, message);
    messages.value = [...known.values()].sort((one, other) => one.seq - other.seq);
    const sent = new Set(said.map((message) => message.client_message_id));
    unsent.value = unsent.value.filter(({ message }) => !sent.has(message.client_message_id));
  }

  /** A message just said. When one before it is missing, everything since is read. */
  function hear(conversationId: string, message: StaffMessage): void {
    if (conversationId !== id.value) return;
    if (message.sender === "contact") typingUntil.value = 0;
    if (message.seq > (messages.value.at(-1)?.seq ?? 0) + 1) {
      void catchUp().catch((error: unknown) => {
        failure.value = wordsOf(error);
      });
    } else add([message]);
  }

  function heardTyping(conversationId: string): void {
    if (conversationId === id.value) typingUntil.value = clock.now + TYPING_MS;
  }

  /** Sends, and shows at once what is being sent; what failed stays and can be sent again. */
  async function send(message: Omit<OutgoingMessage, "client_message_id">): Promise<void> {
    if (id.value === null) return;
    await deliver({
      conversationId: id.value,
      message: { ...message, client_message_id: newId() },
      failure: null,
    });
  }

  async function deliver(item: Pending): Promise<void> {
    const { conversationId, message } = item;
    mark({ ...item, failure: null });
    try {
      const stored = await desk.sendMessage(conversationId, message);
      discard(item);
      hear(conversationId, stored);
    } catch (error) {
      mark({ ...item, failure: wordsOf(error) });
    }
  }

  function mark(item: Pending): void {
    unsent.value = [...without(item), item];
  }

  function discard(item: Pending): void {
    unsent.value = without(item);
  }

  const without = ({ message }: Pending): readonly Pending[] =>
    unsent.value.filter((each) => each.message.client_message_id !== message.client_message_id);

  /** Somebody is at this page now. What another user left unsent is none of theirs. */
  function enter(userId: string): void {
    if (userId !== writer) unsent.value = [];
    writer = userId;
  }

  return {
    id,
    row,
    detail,
    messages,
    pending,
    failure,
    isMine,
    isTyping,
    open,
    refresh,
    hear,
    heardTyping,
    send,
    deliver,
    discard,
    enter,
  };
});
