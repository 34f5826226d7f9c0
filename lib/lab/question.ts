/**
 * How an answer is held against its key. `value`: the same thing, in whatever form. `choice`: a letter. `puzzle`: an expression
 * of the question's numbers that comes to the key.
 */
export const answerKinds = ['value', 'choice', 'puzzle'] as const;
export type AnswerKind = (typeof answerKinds)[number];

/** A question with a sure key. */
export interface LabQuestion {
  /** Unique within its data set. */
  id: string;
  /** As it is asked, without choices and without what is said about the form of the answer. */
  question: string;
  /** The key: what a right answer is, TeX or plain; of choices the letter; of a puzzle its target. */
  answer: string;
  kind: AnswerKind;
  /** What can be chosen, in the order of the letters A, B, C …, as they were shuffled. */
  choices?: readonly string[];
  /** The numbers of a puzzle, each to be used once at most. */
  numbers?: readonly number[];
  /** A kind or a level, by which questions can be told apart; as the data set says it. */
  group?: string;
}

/** The letters of choices; no data set has more. */
export const choiceLetters = 'ABCDEFGHIJ';

/** Longer texts are no questions and no keys. In UTF-16 units. */
export const longestText = 1_000_000;

/**
 * The text by which two data sets are the same: all that can change a figure, in the order of the questions. Its SHA-256 is
 * the data set's hash.
 */
export function dataSetText(questions: readonly LabQuestion[]): string {
  return questions
    .map(({ id, question, answer, kind, choices, numbers }) =>
      JSON.stringify([id, question, answer, kind, choices ?? null, numbers ?? null]),
    )
    .join('\n');
}

/** How the answer's form is asked for behind the question. */
export const suffixes = {
  none: '',
  boxed: 'Please reason step by step, and put your final answer within \\boxed{}.',
  line: 'Think step by step, then give your answer on a line of its own that begins with "Answer:".',
  letter: 'Think step by step, then give the letter of the right choice on a line of its own: "Answer: A".',
} as const satisfies Record<string, string>;
export type SuffixId = keyof typeof suffixes;
export const suffixIds = Object.keys(suffixes) as SuffixId[]; // its own keys, nothing else

/** What a model is asked: the question, its choices by letter, and how to answer. */
export function askedText({ question, choices }: LabQuestion, suffix: SuffixId): string {
  const options = choices?.map((choice, at) => `${choiceLetters[at] ?? '?'}) ${choice}`).join('\n');
  return [question, options, suffixes[suffix]].filter((part) => part).join('\n\n');
}

/** How the answers of such a set are best asked for. */
export function suggestSuffix(questions: readonly LabQuestion[]): SuffixId {
  const kind = questions[0]?.kind;
  if (kind === 'choice') return 'letter';
  return questions.every(({ question }) => /^Use [\d, and]+ to make \d+\.$/.test(question)) ? 'none' : 'boxed';
}
