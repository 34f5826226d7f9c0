import { normalizeQuestion, questionCandidates } from './match.ts';
import { questionText, questions, type QuestionKey } from './questions.ts';
import type { Recording, ReplayModelKey, Transcript } from './transcript.ts';
import { bills } from './transcripts/bills.ts';
import { boxes } from './transcripts/boxes.ts';
import { capital } from './transcripts/capital.ts';
import { chickens } from './transcripts/chickens.ts';
import { codebases } from './transcripts/codebases.ts';
import { cubes } from './transcripts/cubes.ts';
import { hello } from './transcripts/hello.ts';
import { power } from './transcripts/power.ts';
import { queens } from './transcripts/queens.ts';
import { root } from './transcripts/root.ts';
import { strawberry } from './transcripts/strawberry.ts';
import { twoSum } from './transcripts/two-sum.ts';

/** All that is recorded, in the order in which it is offered. */
export const transcripts: readonly Transcript[] = [
  codebases,
  root,
  cubes,
  boxes,
  twoSum,
  bills,
  power,
  strawberry,
  chickens,
  queens,
  capital,
  hello,
];

const keysByPhrasing = new Map<string, QuestionKey>(
  transcripts.flatMap(({ question }) =>
    questions[question].map((phrasing): [string, QuestionKey] => [normalizeQuestion(phrasing), question]),
  ),
);

/** The recorded question that a user message asks, or undefined. */
export function findQuestion(message: string): QuestionKey | undefined {
  for (const candidate of questionCandidates(message)) {
    const key = keysByPhrasing.get(normalizeQuestion(candidate));
    if (key) return key;
  }
  return undefined;
}

/** What this model made of the question; undefined when it was not recorded with it. */
export function findRecording(model: ReplayModelKey, question: QuestionKey): Recording | undefined {
  // `r1-budget` is `r1` with less room: the same words, cut short by the request's limit.
  const voice = model === 'r1-budget' ? 'r1' : model;
  return transcripts.find((transcript) => transcript.question === question)?.recordings[voice];
}

/** The questions this model can answer, as they are shown. */
export function listQuestions(model: ReplayModelKey): string[] {
  return transcripts
    .map(({ question }) => question)
    .filter((key) => findRecording(model, key))
    .map(questionText);
}
