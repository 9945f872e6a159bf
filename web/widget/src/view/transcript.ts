/** Step 8: the list of what was said. It stays at the end only if the contact was there. */
import { type ChatState, hasBegun } from "../store";
import { arrange, h } from "./dom";
import { icon } from "./icons";
import { itemsOf } from "./items";
import { type ItemView, itemView } from "./message";
import type { Actions, Part } from "./part";
import { welcome } from "./welcome";

/** As near to the end as counts for being there, in pixels. */
const NEAR = 64;
/** Room around a line, in pixels. */
const MARGIN = 16;

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
  let atEnd = true;
  const look = (): void => {
    atEnd = isAtEnd();
    if (atEnd) below.hidden = true;
  };
  const goToEnd = (): void => {
    showEnd(scroller, list);
    look();
  };
  below.addEventListener("click", goToEnd);
  scroller.addEventListener("scroll", look);
  // Unfolding changes what is the end, without scrolling.
  scroller.addEventListener("toggle", look, true);
  // Whoever was at the end stays there when a form or a keyboard takes room from the list.
  new ResizeObserver(() => {
    if (atEnd && list.childElementCount > 0) goToEnd();
  }).observe(scroller);

  let before: ChatState | null = null;
  const update = (state: ChatState): void => {
    first.update(state);
    arrange(list, lines(state, views, actions));
    const wrote = before !== null && state.pending.length > before.pending.length;
    if (hasBegun(state) && (wrote || atEnd)) goToEnd();
    else if (before !== null && state.messages.length > before.messages.length) below.hidden = false;
    before = state;
  };
  return { element, update };
}

/** Shows the end of the list; of a last line that is higher than the window, its beginning: the conclusion. */
function showEnd(scroller: HTMLElement, list: HTMLElement): void {
  const last = list.lastElementChild;
  const overflow = last === null ? 0 : last.getBoundingClientRect().height - scroller.clientHeight;
  scroller.scrollTop = scroller.scrollHeight - scroller.clientHeight - Math.max(0, overflow + MARGIN);
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
