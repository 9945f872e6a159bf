/** A conversation's state in words, with the tone of its dot. Pure. */
import type { Row } from "../../api/schemas";
import type { Tone } from "../../lib/tones";

export interface StandingWords {
  readonly tone: Tone;
  readonly word: string;
}

export function standingOf({ state, position, seat, accepted }: Row): StandingWords {
  switch (state) {
    case "bot":
      return { tone: "quiet", word: "智能助手" };
    case "queued":
      return { tone: "warn", word: position === null ? "等待" : `等待 · 第 ${position} 位` };
    case "assigned":
      return accepted
        ? { tone: "good", word: `坐席 ${seat?.number ?? ""}` }
        : { tone: "busy", word: `待坐席 ${seat?.number ?? ""} 接受` };
    case "resolved":
      return { tone: "quiet", word: "已结束" };
  }
}
