/** Between the transcript and the input: the queue, the callback, the rating, and what went wrong. */
import type { CallbackReceipt } from "../contract";
import type { ChatState } from "../store";
import { callbackForm } from "./callback";
import { h, setText } from "./dom";
import { queueWords } from "./format";
import { icon } from "./icons";
import type { Actions, Part } from "./part";
import { ratingForm } from "./rating";

export function dock(actions: Actions): Part {
  const parts = [problem(), queue(actions), callbackForm(actions), receipt(actions), ratingForm(actions)];
  const element = h("div", { class: "dock" }, ...parts.map((part) => part.element));
  const update = (state: ChatState): void => {
    for (const part of parts) part.update(state);
  };
  return { element, update };
}

function problem(): Part {
  const element = h("p", { class: "problem", role: "alert" });
  const update = (state: ChatState): void => {
    // A form shows its own.
    const text = state.callback === "closed" ? (state.problem ?? "") : "";
    setText(element, text);
    element.hidden = text === "";
  };
  return { element, update };
}

function queue(actions: Actions): Part {
  const place = h("strong");
  const promise = h("p", {}, "轮到您时，坐席会看到以上对话，您不用重复说明；现在可以继续补充情况。");
  const leave = h("button", { type: "button", class: "tool" }, icon("phone"), "不想等？留电话，等回电");
  leave.addEventListener("click", actions.openCallback);
  const element = h(
    "section",
    { class: "sheet queue", "aria-label": "排队情况" },
    h("p", {}, place),
    promise,
    leave,
  );
  const update = (state: ChatState): void => {
    element.hidden = state.state !== "queued";
    setText(place, state.queue === null ? "现在没有人工坐席在线" : `排队中，${queueWords(state)}`);
    promise.hidden = state.callback !== "closed";
    leave.hidden = state.callback !== "closed" || state.receipt !== null;
  };
  return { element, update };
}

function receipt(actions: Actions): Part {
  const noted = h("button", { type: "button", class: "tool" }, "已记下");
  noted.addEventListener("click", actions.noteReceipt);
  const element = h("section", { class: "sheet receipt", "aria-label": "回电登记" });
  let shown: CallbackReceipt | null = null;
  const update = (state: ChatState): void => {
    element.hidden = state.receipt === null || state.state === "assigned";
    if (state.receipt === null || state.receipt === shown) return;
    shown = state.receipt;
    element.replaceChildren(
      h("p", {}, h("strong", {}, "已登记，工作人员会给您回电。")),
      h(
        "dl",
        {},
        h("dt", {}, "工单号"),
        h("dd", { class: "order-number" }, shown.order_number),
        h("dt", {}, "查询码"),
        h("dd", { class: "code" }, shown.code),
      ),
      h("p", { class: "aside" }, "请记下工单号和查询码，查询进度时要用。", noted),
    );
  };
  return { element, update };
}
