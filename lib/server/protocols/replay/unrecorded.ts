import type { ErrorFacts, GenerationError } from '../../../errors.ts';
import { errorSentence } from '../../../sentences.ts';
import { replayModels } from './models.ts';
import { findQuestion, findRecording, listQuestions } from './recordings.ts';
import type { ReplayModelKey } from './transcript.ts';

/** A question, and the recorded model that does not hold it. */
export interface Unrecorded {
  model: ReplayModelKey;
  question: string;
}

/** What a question comes to that is not recorded: no model was asked, and nothing went wrong. */
export function notRecorded(unrecorded: Unrecorded): GenerationError {
  return { kind: 'request', code: 'not-recorded', facts: factsOf(unrecorded) };
}

/** The same for a program. */
export function renderUnrecorded(unrecorded: Unrecorded): string {
  return errorSentence({ code: 'not-recorded', facts: factsOf(unrecorded) });
}

function factsOf({ model, question }: Unrecorded): ErrorFacts['not-recorded'] {
  const key = findQuestion(question);
  const others = key ? replayModels.filter((other) => findRecording(other.key, key)).map(({ label }) => label) : [];
  return {
    model: replayModels.find((own) => own.key === model)?.label ?? model,
    others,
    questions: listQuestions(model),
  };
}
