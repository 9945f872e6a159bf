/** Finds canned replies by their code, title or words. Pure. */
import replies from "../data/canned-replies.json";

export type CannedReply = (typeof replies)[number];

/** Those whose code begins with what is wanted come first. */
export function cannedReplies(wanted: string): readonly CannedReply[] {
  const sought = wanted.toLowerCase();
  const coded = replies.filter(({ code }) => code.startsWith(sought));
  const others = replies.filter(
    (reply) => !coded.includes(reply) && (reply.title.includes(wanted) || reply.text.includes(wanted)),
  );
  return [...coded, ...others];
}
