import { type FinalAnswer, groupAnswers } from '../../lib/reasoning/final-answer.ts';

/** Whether columns come to the same answer: the words before it, the answer of most, and what the others say. */
export interface Agreement {
  /** "3 of 3 agree:"; empty where there is nothing to compare. */
  words: string;
  /** What the largest group says, as its first member writes it. */
  most?: FinalAnswer;
  others: { labels: string[]; answer: FinalAnswer }[];
  /** Where some agree, who is not compared: "nothing clear to compare in C, D". */
  unclear?: string;
}

const nothing: Agreement = { words: '', others: [] };

/**
 * Compares what answers come down to; undefined is an answer without a final one. The last number of a text may agree with
 * another's answer, but that it differs from it says nothing: it may be any number.
 */
export function agreementOf(answers: readonly { label: string; final: FinalAnswer | undefined }[]): Agreement {
  if (answers.length < 2) return nothing;
  const { groups, between } = groupAnswers(answers.map(({ final }) => final?.text));
  const all = groups.map((members) => ({ members, ...membersOf(members, answers) }));
  const [most, ...others] = all.filter((group) => group.labels.length > 1 || group.isClear);
  if (!most) return nothing;
  const clear = others.filter(({ isClear }) => isClear);
  const different = clear.filter(({ members }) => between(most.members, members) === 'different');
  // Where nobody can say whether two are the same, a wrong word costs more than none.
  if (most.labels.length === 1 && different.length < clear.length) return nothing;
  const rest = different.map(({ labels, answer }) => ({ labels, answer }));
  const compared = new Set([most, ...different].flatMap(({ labels }) => labels));
  const left = most.labels.length > 1 ? answers.filter(({ label }) => !compared.has(label)) : [];
  return {
    words: wordsOf(most.labels, answers.length, rest.length),
    most: most.answer,
    others: rest,
    ...(left.length > 0 && { unclear: `nothing clear to compare in ${left.map(({ label }) => label).join(', ')}` }),
  };
}

function membersOf(
  members: readonly number[],
  answers: readonly { label: string; final: FinalAnswer | undefined }[],
): { labels: string[]; answer: FinalAnswer; isClear: boolean } {
  const said = members.flatMap((i) => {
    const { label, final } = answers[i] ?? {};
    return label !== undefined && final ? [{ label, final }] : [];
  });
  const clear = said.find(({ final }) => final.found !== 'last-number') ?? said[0];
  if (!clear) throw new Error('A group of answers has no member.');
  return {
    labels: said.map(({ label }) => label),
    answer: clear.final,
    isClear: clear.final.found !== 'last-number',
  };
}

function wordsOf(labels: readonly string[], count: number, others: number): string {
  if (labels.length > 1) return `${labels.length} of ${count} agree:`;
  if (others === 0) return `Only ${labels[0]} has a clear final answer:`;
  return `${count === 2 ? 'They differ' : 'No two agree'}: ${labels[0]}`;
}
