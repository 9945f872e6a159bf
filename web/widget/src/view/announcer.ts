/** What a screen reader says of its own accord: politely, what is new, once. */
import type { Message } from "../contract";
import { type ChatState, hasBegun, lastMessage } from "../store";
import { h } from "./dom";
import { agentName, standingWords } from "./format";
import type { Part } from "./part";

const KEPT = 4;

export function announcer(): Part {
  const element = h("div", { class: "hidden", role: "status", "aria-live": "polite" });
  let before: ChatState | null = null;
  const update = (state: ChatState): void => {
    if (before !== null && state.open) {
      for (const words of news(state, before)) element.append(h("p", {}, words));
      while (element.children.length > KEPT) element.firstElementChild?.remove();
    }
    before = state;
  };
  return { element, update };
}

/** What to say after a change. What an earlier page already showed is not said again. */
export function news(state: ChatState, before: ChatState): string[] {
  const last = lastMessage(before)?.seq ?? 0;
  const fresh = state.messages.filter((message) => message.seq > last && message.sender !== "contact");
  const words = hasBegun(before) ? fresh.map((message) => said(message, state)) : [];
  const moved = state.state !== before.state || state.queue?.position !== before.queue?.position;
  if (moved && state.state !== "bot") words.push(standingWords(state));
  if (failures(state) > failures(before)) words.push("发送失败，可以重试");
  return words;
}

function said(message: Message, state: ChatState): string {
  const name = message.sender === "agent" ? `坐席 ${agentName(state)}：` : "";
  const choices = message.options.map((option, place) => `${place + 1}，${option.label}`).join("；");
  const offered = message.outcome === "answer" || choices === "" ? "" : `。可以选择：${choices}`;
  return name + message.text + offered;
}

function failures(state: ChatState): number {
  return state.pending.filter((pending) => pending.status === "failed").length;
}
