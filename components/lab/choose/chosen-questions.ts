import type { LabQuestion } from '../../../lib/lab/question.ts';

export type QuestionSource = 'shipped' | 'inside' | 'file' | 'pasted';

/** The questions that are to be asked, and where they come from. */
export interface ChosenQuestions {
  source: QuestionSource;
  /** What the data set is called: a file's name, or ours. */
  name: string;
  questions: readonly LabQuestion[];
}
