/** Finds the "/" or "@" just typed in the reply box, which asks for a canned reply or an entry. Pure. */

export interface Trigger {
  readonly sign: "/" | "@";
  readonly wanted: string;
  readonly start: number;
}

/** A slash counts only at the start of a line or after a space: dates and "元/月" hold slashes too. */
const TRIGGER = /(?:(?:^|\s)(\/)|(@))([^\s/@]{0,20})$/;

export function triggerAt(text: string, caret: number): Trigger | null {
  const match = TRIGGER.exec(text.slice(0, caret));
  if (match === null) return null;
  const wanted = match[3] ?? "";
  return { sign: match[1] === "/" ? "/" : "@", wanted, start: caret - wanted.length - 1 };
}
