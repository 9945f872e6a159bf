/**
 * Numbers that identify a person, noticed while they are typed. Only the page's first line: the server hides
 * them before anything is stored, and its text is the one that stays.
 */

/** A run of digits, perhaps in groups; a resident ID may end in X. */
const RUN = /\d(?:[ -]?\d){13,}[Xx]?/g;
const RESIDENT_ID = /^[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$/;

/** What the contact sees in place of a number, until the server's own text comes. */
const HIDDEN = "******";

/** `text` with resident IDs and bank cards hidden. */
export function hideNumbers(text: string): string {
  return text.replace(RUN, (found) => {
    const digits = found.replace(/[ -]/g, "");
    return RESIDENT_ID.test(digits) || isCard(digits) ? HIDDEN : found;
  });
}

/** Whether something in `text`, as it is shown, was hidden. */
export function hasHidden(text: string): boolean {
  return /\*{4}/.test(text);
}

function isCard(digits: string): boolean {
  if (!/^[3-6]\d{14,18}$/.test(digits)) return false;
  let sum = 0;
  for (const [place, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
