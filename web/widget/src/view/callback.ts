/** Step 6 when nobody is there: the contact leaves a number and is called back. */
import type { ChatState } from "../store";
import { h, setAttribute, setText } from "./dom";
import type { Actions, Part } from "./part";

const PHONE = /^(?:(?:\+?86)?1[3-9]\d{9}|0\d{2,3}\d{7,8})$/;
const WRONG = "请填写 11 位手机号，或带区号的座机号";

export function callbackForm(actions: Actions): Part {
  const phone = h("input", {
    id: "phone",
    type: "tel",
    autocomplete: "tel",
    "aria-describedby": "phone-problem",
  });
  const wrong = h("p", { id: "phone-problem", class: "wrong" });
  const note = h("textarea", { id: "note", rows: 2, maxlength: 200 });
  const submit = h("button", { type: "submit", class: "primary" }, "提交");
  const cancel = h("button", { type: "button", class: "secondary" }, "暂不需要");
  cancel.addEventListener("click", actions.closeCallback);
  const element = h(
    "form",
    { class: "sheet callback", "aria-label": "留电话，等回电", novalidate: true },
    h("label", { for: "phone" }, "联系电话"),
    phone,
    wrong,
    h("label", { for: "note" }, "补充说明（选填）"),
    note,
    h("p", { class: "aside" }, "电话只用于这次回电。"),
    h("div", { class: "buttons" }, submit, cancel),
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const digits = phone.value.replace(/[\s-]/g, "");
    const isPhone = PHONE.test(digits);
    setText(wrong, isPhone ? "" : WRONG);
    setAttribute(phone, "aria-invalid", isPhone ? null : "true");
    if (isPhone) actions.requestCallback(digits, note.value.trim());
    else phone.focus();
  });

  const update = (state: ChatState): void => {
    element.hidden = state.callback === "closed";
    submit.disabled = state.callback === "sending";
    if (state.callback === "open" && state.problem !== null) setText(wrong, state.problem);
  };
  return { element, update };
}
