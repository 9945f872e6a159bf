/** Two texts side by side: which lines and, within a changed line, which characters differ. Pure. */

export interface Piece {
  readonly text: string;
  readonly changed: boolean;
}

/** A row of the comparison; a side that has no such line is null. */
export interface DiffRow {
  readonly kind: "same" | "changed" | "removed" | "added";
  readonly before: readonly Piece[] | null;
  readonly after: readonly Piece[] | null;
}

type Step = "same" | "removed" | "added";

/** Beyond this many cells of comparison a line is marked as a whole: nobody reads finer in such a line. */
const MAX_CELLS = 1_000_000;

export function compareTexts(before: string, after: string): DiffRow[] {
  const left = linesOf(before);
  const right = linesOf(after);
  const rows: DiffRow[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = (): void => {
    rows.push(...pair(removed, added));
    [removed, added] = [[], []];
  };
  let [i, j] = [0, 0];
  for (const step of steps(left, right)) {
    if (step === "removed") removed.push(left[i++] ?? "");
    else if (step === "added") added.push(right[j++] ?? "");
    else {
      flush();
      const line = [{ text: left[i++] ?? "", changed: false }];
      j++;
      rows.push({ kind: "same", before: line, after: line });
    }
  }
  flush();
  return rows;
}

const linesOf = (text: string): string[] => (text === "" ? [] : text.split("\n"));

/** Lines removed and lines added at the same place face each other, in order. */
function pair(removed: readonly string[], added: readonly string[]): DiffRow[] {
  return Array.from({ length: Math.max(removed.length, added.length) }, (_, place) => {
    const [before, after] = [removed[place], added[place]];
    if (after === undefined) return { kind: "removed", before: [whole(before)], after: null };
    if (before === undefined) return { kind: "added", before: null, after: [whole(after)] };
    return { kind: "changed", ...compareLine(before, after) };
  });
}

const whole = (text = ""): Piece => ({ text, changed: true });

function compareLine(before: string, after: string): { before: Piece[]; after: Piece[] } {
  const [left, right] = [Array.from(before), Array.from(after)];
  const path = steps(left, right);
  return { before: pieces(left, path, "added"), after: pieces(right, path, "removed") };
}

/** One side of a line: the path without the steps of the other side, neighbours of a kind joined. */
function pieces(characters: readonly string[], path: readonly Step[], otherSide: Step): Piece[] {
  const joined: { text: string; changed: boolean }[] = [];
  let place = 0;
  for (const step of path) {
    if (step === otherSide) continue;
    const changed = step !== "same";
    const text = characters[place++] ?? "";
    const last = joined.at(-1);
    if (last?.changed === changed) last.text += text;
    else joined.push({ text, changed });
  }
  return joined;
}

/** The shortest way from one list to the other: longest common subsequence. */
function steps(left: readonly string[], right: readonly string[]): Step[] {
  if (left.length * right.length > MAX_CELLS)
    return [...left.map((): Step => "removed"), ...right.map((): Step => "added")];
  const longest = commonLengths(left, right);
  const path: Step[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    if (left[i] === right[j]) {
      path.push("same");
      i++;
      j++;
    } else if (longest(i + 1, j) >= longest(i, j + 1)) {
      path.push("removed");
      i++;
    } else {
      path.push("added");
      j++;
    }
  }
  const rest = [...left.slice(i).map((): Step => "removed"), ...right.slice(j).map((): Step => "added")];
  return [...path, ...rest];
}

/** How much two lists have in common from two places on. */
function commonLengths(left: readonly string[], right: readonly string[]): (i: number, j: number) => number {
  const width = right.length + 1;
  const longest = new Uint32Array((left.length + 1) * width);
  const cell = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      longest[i * width + j] =
        left[i] === right[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
  return cell;
}
