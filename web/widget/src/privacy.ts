/**
 * Numbers that identify a person are hidden while they are typed, and so never leave the page. The rules are the
 * server's (common/masking.py), which stay in force for whatever comes without this page.
 *
 * Without lookbehind, which would keep the whole script from browsers that do not know it: `notAfter` is
 * what a match must not stand right after.
 */

interface Rule {
  readonly pattern: RegExp;
  readonly notAfter: RegExp;
  readonly hide: (found: string) => string | null;
}

const GAP = "[\\s\\-·.]?";

const RULES: readonly Rule[] = [
  {
    // Resident ID, with or without a right check digit.
    pattern: new RegExp(`(?:\\d${GAP}){17}[\\dXx](?![\\dA-Za-z])`, "g"),
    notAfter: /[\dA-Za-z]/,
    hide: (found) => {
      const digits = found.replace(/[\s\-·.]/g, "");
      return isDay(digits.slice(6, 14)) ? `${digits.slice(0, 3)}${stars(13)}${digits.slice(-2)}` : null;
    },
  },
  {
    pattern: new RegExp(`[3-6](?:${GAP}\\d){14,18}(?!\\d)`, "g"),
    notAfter: /\d/,
    hide: (found) => {
      const digits = onlyDigits(found);
      return isLuhn(digits) ? stars(digits.length - 4) + digits.slice(-4) : null;
    },
  },
  {
    // Resident ID of 15 digits, as issued until 1999.
    pattern: /[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)/g,
    notAfter: /\d/,
    hide: (found) => `${found.slice(0, 3)}${stars(10)}${found.slice(-2)}`,
  },
  {
    pattern: /(?:\+?86[\s-]?)?1[3-9]\d(?:[\s-]?\d){8}(?!\d)/g,
    notAfter: /[\d.]/,
    hide: (found) => {
      const digits = onlyDigits(found).slice(-11);
      return `${digits.slice(0, 3)}****${digits.slice(-4)}`;
    },
  },
  {
    pattern: /0\d{2,3}-\d{7,8}(?!\d)/g,
    notAfter: /\d/,
    hide: (found) => found.replace(/-\d+$/, (number) => `-${stars(number.length - 1)}`),
  },
  {
    pattern: /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
    notAfter: /[\w.+-]/,
    hide: (found) => `${found.charAt(0)}***${found.slice(found.indexOf("@"))}`,
  },
];

/** What the page says beside what it has hidden. */
export const HIDDEN = "为保护您的隐私，已隐藏";

/** What a hidden number looks like, by the rules above. */
const LOOK = /\d-?\*{4,}|\*{4,}\d|\*{3}@/;

/** `text` with every personal number hidden; full-width digits count as digits. */
export function hideNumbers(text: string): string {
  const narrow = narrowDigits(text);
  const hidden = RULES.reduce(apply, narrow);
  return hidden === narrow ? text : hidden;
}

/** Whether something in `text`, as it is shown, was hidden. */
export function hasHidden(text: string): boolean {
  return LOOK.test(text);
}

function apply(text: string, { pattern, notAfter, hide }: Rule): string {
  const parts: string[] = [];
  let end = 0;
  let from = 0;
  for (;;) {
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    if (match === null) break;
    const [found] = match;
    if (notAfter.test(text.charAt(match.index - 1))) {
      from = match.index + 1;
      continue;
    }
    from = match.index + found.length;
    const hidden = hide(found);
    if (hidden === null) continue;
    parts.push(text.slice(end, match.index), hidden);
    end = from;
  }
  return parts.join("") + text.slice(end);
}

function narrowDigits(text: string): string {
  return text.replace(/[０-９Ｘｘ－]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}

function onlyDigits(text: string): string {
  return text.replace(/\D/g, "");
}

function stars(count: number): string {
  return "*".repeat(count);
}

function isDay(digits: string): boolean {
  const year = Number(digits.slice(0, 4));
  const [month, day] = [Number(digits.slice(4, 6)), Number(digits.slice(6, 8))];
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1850 && year < 2100 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - place));
    const value = place % 2 === 1 ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
