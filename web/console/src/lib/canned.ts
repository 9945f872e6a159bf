/** Finds canned replies by their code, category, title or words, and fills in their variables. Pure. */
import replies from "../data/canned-replies.json";

export type CannedReply = (typeof replies)[number];

/** Values by the variable's name, as it stands in braces: "{坐席}". */
export type Variables = Readonly<Record<string, string>>;

/** Those whose code begins with what is wanted come first, then those of a category of that name. */
export function cannedReplies(wanted: string): readonly CannedReply[] {
  const sought = wanted.toLowerCase();
  const ranked = [
    replies.filter(({ code }) => code.startsWith(sought)),
    replies.filter(({ category }) => category.includes(wanted)),
    replies.filter(({ title, text }) => title.includes(wanted) || text.includes(wanted)),
  ];
  return [...new Set(ranked.flat())];
}

/** A variable without a value stays in braces, for the agent to see. */
export function filled(text: string, variables: Variables): string {
  return text.replaceAll(/\{([^{}]+)\}/g, (whole, name: string) => variables[name] ?? whole);
}
