/** Step 7's end: five faces with words, one line, done. */
import type { ChatState } from "../store";
import { h } from "./dom";
import { icon, type IconName } from "./icons";
import type { Actions, Part } from "./part";

const GRADES: readonly { grade: number; words: string; face: IconName }[] = [
  { grade: 5, words: "非常满意", face: "face5" },
  { grade: 4, words: "满意", face: "face4" },
  { grade: 3, words: "一般", face: "face3" },
  { grade: 2, words: "不满意", face: "face2" },
  { grade: 1, words: "非常不满意", face: "face1" },
];

export function ratingForm(actions: Actions): Part {
  const choices = GRADES.map(choice);
  const comment = h("input", {
    id: "comment",
    type: "text",
    maxlength: 200,
    placeholder: "还有想说的吗？（选填）",
  });
  const form = h(
    "form",
    { "aria-label": "服务评价" },
    h("fieldset", {}, h("legend", {}, "请评价本次服务"), h("div", { class: "faces" }, ...choices)),
    h("label", { for: "comment", class: "hidden" }, "补充说明（选填）"),
    h("div", { class: "line" }, comment, h("button", { type: "submit", class: "primary" }, "提交")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector<HTMLInputElement>("input[name=grade]:checked");
    if (chosen !== null) actions.rate(Number(chosen.value), comment.value.trim());
  });
  const thanks = h("p", { class: "thanks" }, "评价已提交，谢谢您。");
  const anew = h("button", { type: "button", class: "tool" }, icon("chat"), "开始新的咨询");
  anew.addEventListener("click", actions.startAnew);
  const element = h("section", { class: "sheet rating", "aria-label": "本次咨询已结束" }, form, thanks, anew);

  const update = (state: ChatState): void => {
    if (state.state !== "resolved" && !element.hidden) form.reset();
    element.hidden = state.state !== "resolved";
    form.hidden = state.rating !== null;
    thanks.hidden = state.rating === null;
  };
  return { element, update };
}

function choice({ grade, words, face }: (typeof GRADES)[number]): HTMLElement {
  const input = h("input", { type: "radio", name: "grade", value: grade, required: true, class: "hidden" });
  return h("label", { class: "face" }, input, icon(face), h("span", {}, words));
}
