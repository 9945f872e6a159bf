/** What a screen reader says of its own accord: politely, what is new, once. */
import { type ChatState, hasBegun } from "../store";
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
  const words: string[] = [];
  if (hasBegun(before)) {
    const last = before.messages.at(-1)?.seq ?? 0;
    for (const message of state.messages) {
      if (message.seq <= last || message.sender === "contact") continue;
      const name = message.sender === "agent" ? `坐席 ${agentName(state)}：` : "";
      const choices = message.options.map((option, place) => `${place + 1}，${option.label}`).join("；");
      words.push(
        name +
          message.text +
          (message.outcome === "answer" || choices === "" ? "" : `。可以选择：${choices}`),
      );
    }
  }
  const moved = state.state !== before.state || state.queue?.position !== before.queue?.position;
  if (moved && state.state !== "bot") words.push(standingWords(state));
  const failures = (one: ChatState): number =>
    one.pending.filter((pending) => pending.status === "failed").length;
  if (failures(state) > failures(before)) words.push("发送失败，可以重试");
  return words;
}
