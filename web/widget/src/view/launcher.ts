/** The round button in the corner of the page. */
import type { ChatState } from "../store";
import { h, setAttribute, setText } from "./dom";
import { icon } from "./icons";
import type { Actions, Part } from "./part";

export function launcher(actions: Actions): Part {
  const badge = h("span", { class: "badge", "aria-hidden": true });
  const element = h(
    "button",
    { type: "button", class: "launcher", "aria-haspopup": "dialog" },
    icon("chat"),
    h("span", {}, "咨询"),
    badge,
  );
  element.addEventListener("click", actions.open);
  const update = (state: ChatState): void => {
    element.hidden = state.open;
    badge.hidden = state.unread === 0;
    setText(badge, state.unread > 9 ? "9+" : String(state.unread));
    setAttribute(
      element,
      "aria-label",
      state.unread > 0 ? `咨询，${state.unread} 条新消息` : "咨询，打开对话窗口",
    );
  };
  return { element, update };
}
