/** An entry's validity as a bar: where it begins and ends in a window around today, in percent. Pure. */

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const BEFORE_MS = 2 * YEAR_MS;
const WINDOW_MS = 4 * YEAR_MS;

export interface ValidityBar {
  readonly start: number;
  readonly end: number;
  readonly standing: "future" | "current" | "ending" | "ended";
}

const ENDING_MS = 30 * 24 * 60 * 60 * 1000;

/** Where today stands on every bar. */
export const TODAY_AT = (BEFORE_MS / WINDOW_MS) * 100;

/** Both days are included; an open end reaches the edge of the window. `today` is YYYY-MM-DD. */
export function validityBar(from: string | null, to: string | null, today: string): ValidityBar {
  const at = Date.parse(today);
  const place = (day: string | null, open: number): number =>
    day === null ? open : Math.min(100, Math.max(0, ((Date.parse(day) - at + BEFORE_MS) / WINDOW_MS) * 100));
  return { start: place(from, 0), end: place(to, 100), standing: standingOf(from, to, today) };
}

function standingOf(from: string | null, to: string | null, today: string): ValidityBar["standing"] {
  if (to !== null && to < today) return "ended";
  if (from !== null && from > today) return "future";
  return to !== null && Date.parse(to) - Date.parse(today) <= ENDING_MS ? "ending" : "current";
}

export function validityWords(from: string | null, to: string | null): string {
  if (from === null && to === null) return "期限未注明";
  return `${from ?? "…"} 至 ${to ?? "长期"}`;
}
