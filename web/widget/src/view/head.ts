/** The head of the window: it says that this is a machine, or that a person is there, and how things stand. */
import type { ChatState } from "../store";
import { h, setAttribute, setText } from "./dom";
import { isPersonThere, standingWords } from "./format";
import { icon } from "./icons";
import type { Actions, Part } from "./part";

export function head(actions: Actions): Part {
  const title = h("h2", { id: "title", tabindex: -1 });
  const words = h("span", { class: "words" });
  const standing = h("p", { class: "standing" }, h("span", { class: "dot", "aria-hidden": true }), words);
  const elder = h("button", { type: "button", class: "elder-switch" }, "长辈模式");
  const close = h("button", { type: "button", class: "round", "aria-label": "关闭咨询窗口" }, icon("close"));
  const notice = h("p", { class: "notice", role: "note", "aria-label": "公告" });
  elder.addEventListener("click", () => {
    actions.setElder(elder.getAttribute("aria-pressed") !== "true");
  });
  close.addEventListener("click", actions.close);
  const bar = h("div", { class: "bar" }, h("div", { class: "names" }, title, standing), elder, close);
  const element = h("div", { class: "head" }, bar, notice);

  const update = (state: ChatState): void => {
    setText(title, isPersonThere(state) ? "通答 · 人工服务" : "通答 · 智能助手");
    setText(words, standingWords(state));
    setAttribute(standing, "data-state", state.link === "offline" ? "offline" : state.state);
    setAttribute(elder, "aria-pressed", String(state.elder));
    const text = state.notice ?? state.welcome?.notice ?? "";
    setText(notice, text);
    notice.hidden = text === "";
  };
  return { element, update };
}
