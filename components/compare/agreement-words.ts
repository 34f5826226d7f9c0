import { type FinalAnswer, groupAnswers, type SameValue } from '../../lib/reasoning/final-answer.ts';

/** Whether columns come to the same answer: the words before it, the answer of most, and what the others say. */
export interface Agreement {
  /** "3 of 3 agree:"; empty where there is nothing to compare. */
  words: string;
  /** What the largest group says, as its first member writes it. */
  most?: FinalAnswer;
  others: { labels: string[]; answer: FinalAnswer }[];
}

/** Compares what answers come down to; undefined is an answer without a final one. */
export function agreementOf(
  answers: readonly { label: string; final: FinalAnswer | undefined }[],
  sameValue?: SameValue,
): Agreement {
  const groups = groupAnswers(
    answers.map(({ final }) => final?.text),
    sameValue,
  );
  const [largest = [], ...rest] = groups;
  const most = answers[largest[0] ?? -1]?.final;
  const others = rest.flatMap((group) => {
    const answer = answers[group[0] ?? -1]?.final;
    return answer ? [{ labels: group.map((i) => answers[i]?.label ?? ''), answer }] : [];
  });
  if (answers.length < 2 || !most) return { words: '', others: [] };
  if (largest.length > 1) return { words: `${largest.length} of ${answers.length} agree:`, most, others };
  if (others.length === 0)
    return { words: `Only ${answers[largest[0] ?? 0]?.label} has a final answer:`, most, others };
  return {
    words: `${answers.length === 2 ? 'They differ' : 'No two agree'}: ${answers[largest[0] ?? 0]?.label}`,
    most,
    others,
  };
}
