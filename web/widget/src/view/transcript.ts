/** Step 8: the list of what was said. It stays at the end only if the contact was there. */
import type { ChatState } from "../store";
import { arrange, h } from "./dom";
import { icon } from "./icons";
import { itemsOf } from "./items";
import { type ItemView, itemView } from "./message";
import type { Actions, Part } from "./part";
import { welcome } from "./welcome";

/** As near to the end as counts for being there, in pixels. */
const NEAR = 64;

export function transcript(actions: Actions): Part {
  const views = new Map<string, ItemView>();
  const first = welcome(actions);
  const list = h("ol", { class: "lines" });
  const scroller = h(
    "div",
    { class: "scroller", tabindex: 0, role: "region", "aria-label": "对话内容" },
    first.element,
    list,
  );
  const below = h("button", { type: "button", class: "below", hidden: true }, icon("down"), "有新消息");
  const element = h("div", { class: "transcript" }, scroller, below);
  const isAtEnd = (): boolean => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
  const goToEnd = (): void => {
    scroller.scrollTop = scroller.scrollHeight;
    below.hidden = true;
  };
  below.addEventListener("click", goToEnd);
  scroller.addEventListener("scroll", () => {
    if (isAtEnd()) below.hidden = true;
  });

  let before: ChatState | null = null;
  const update = (state: ChatState): void => {
    const stick = isAtEnd();
    first.update(state);
    arrange(list, lines(state, views, actions));
    if (before !== null && isNews(state, before)) {
      if (stick || state.pending.length > before.pending.length) goToEnd();
      else below.hidden = false;
    } else if (before === null || stick) goToEnd();
    before = state;
  };
  return { element, update };
}

function lines(state: ChatState, views: Map<string, ItemView>, actions: Actions): HTMLElement[] {
  const items = itemsOf(state);
  const keys = new Set(items.map((item) => item.key));
  for (const key of views.keys()) if (!keys.has(key)) views.delete(key);
  return items.map((item) => {
    const view = views.get(item.key) ?? itemView(item, actions);
    views.set(item.key, view);
    view.update(item);
    return view.element;
  });
}

function isNews(state: ChatState, before: ChatState): boolean {
  return state.messages.length > before.messages.length || state.pending.length > before.pending.length;
}
