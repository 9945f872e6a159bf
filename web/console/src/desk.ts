/** Keeps the stores current while somebody is signed in: by the live connection, and by asking now and then. */
import { ref } from "vue";
import type { Frame } from "./api/schemas";
import { Live, type LinkState } from "./live";
import { DESK } from "./router";
import { useConversations } from "./stores/conversations";
import { useSession } from "./stores/session";
import { useTranscript } from "./stores/transcript";

const POLL_MS = 5000;
/** With the connection open, asking only guards against what it might have missed. */
const POLL_LIVE_MS = 60_000;

export const link = ref<LinkState>("closed");

let live: Live | null = null;
let poll: ReturnType<typeof setTimeout> | undefined;

export function startDesk(): void {
  const { user, may } = useSession();
  if (live !== null || user === null || !may(...DESK)) return;
  useTranscript().enter(user.id);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  live = new Live(`${scheme}//${location.host}/api/v1/staff/live`, { onFrame: apply, onState: changed });
  live.start();
  window.addEventListener("online", retry);
  void useConversations().refresh();
}

export function stopDesk(): void {
  clearTimeout(poll);
  window.removeEventListener("online", retry);
  live?.stop();
  live = null;
  useConversations().clear();
  void useTranscript().open(null);
}

export function sayTyping(conversationId: string): void {
  live?.send({ type: "typing", conversation_id: conversationId });
}

function refreshDesk(): Promise<unknown> {
  return Promise.all([useConversations().refresh(), useTranscript().refresh()]);
}

function retry(): void {
  live?.retryNow();
}

function changed(state: LinkState): void {
  const cameBack = state === "open" && link.value === "retrying";
  link.value = state;
  if (cameBack) void refreshDesk();
  schedule();
}

function schedule(): void {
  clearTimeout(poll);
  if (link.value === "closed") return;
  poll = setTimeout(
    () => {
      void refreshDesk().then(schedule);
    },
    link.value === "open" ? POLL_LIVE_MS : POLL_MS,
  );
}

function apply(frame: Frame): void {
  const transcript = useTranscript();
  switch (frame.type) {
    case "conversation":
      useConversations().apply(frame.conversation, frame.removed);
      break;
    case "message":
      transcript.hear(frame.conversation_id, frame.message);
      break;
    case "seat":
      useSession().applySeat(frame.seat);
      break;
    case "typing":
      transcript.heardTyping(frame.conversation_id);
      break;
    case "pong":
      break;
  }
}
