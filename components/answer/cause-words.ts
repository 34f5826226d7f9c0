import type { ErrorCause } from '../../lib/errors.ts';
import { errorSentence } from '../../lib/sentences.ts';

/** "… is busy or not ready. Try again in a moment. It was tried 3 times." */
export function causeWords({ cause, attempts }: { cause: ErrorCause; attempts: number }): string {
  const tried = attempts > 1 ? ` It was tried ${attempts} times.` : '';
  return `${errorSentence(cause)}${tried}`;
}

export function firstSentence(text: string): string {
  const [sentence = text] = /^.*?[.!?](?=\s|$)/s.exec(text) ?? [];
  return sentence;
}
