/** The first screen: who speaks, what many ask about just now, and what not to write. */
import { type ChatState, hasBegun } from "../store";
import type { Welcome } from "../contract";
import { h } from "./dom";
import { icon } from "./icons";
import type { Actions, Part } from "./part";

const GREETING = "您好，我是智能助手，可以直接提问。";
const TILES = 6;

export function welcome(actions: Actions): Part {
  const greeting = h("p", { class: "greeting" }, GREETING);
  const topics = h("div", { class: "topics" });
  const failed = h(
    "button",
    { type: "button", class: "tool" },
    icon("retry"),
    "常见问题没有加载出来，点此重试",
  );
  failed.addEventListener("click", actions.reloadWelcome);
  const privacy = h("p", { class: "privacy" }, "请不要输入身份证号、银行卡号等个人信息。");
  const element = h(
    "div",
    { class: "welcome" },
    greeting,
    h("h3", { id: "topics" }, "大家都在问"),
    topics,
    failed,
    privacy,
  );
  topics.append(
    ...Array.from({ length: TILES }, () => h("span", { class: "topic waiting", "aria-hidden": true })),
  );

  let shown: Welcome | null = null;
  const update = (state: ChatState): void => {
    element.hidden = hasBegun(state);
    failed.hidden = !state.welcomeFailed || state.welcome !== null;
    topics.hidden = !failed.hidden;
    if (state.welcome === null || state.welcome === shown) return;
    shown = state.welcome;
    greeting.textContent = shown.greeting;
    topics.replaceChildren(...shown.topics.slice(0, TILES).map((topic) => tile(topic, actions)));
    privacy.append(h("a", { href: shown.privacy_url, target: "_blank", rel: "noopener" }, "隐私说明"));
  };
  return { element, update };
}

function tile({ label, question }: Welcome["topics"][number], actions: Actions): HTMLElement {
  const words = h("span", { class: "question" }, question);
  const button = h("button", { type: "button", class: "topic" }, h("span", { class: "label" }, label), words);
  button.addEventListener("click", () => {
    actions.say(question);
  });
  return button;
}
