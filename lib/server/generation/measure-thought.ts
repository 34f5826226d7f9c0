import { type Health, maxHealthPlaces } from '../../health.ts';
import { type IdentifyLanguage, measureLanguage } from '../../reasoning/language-mix.ts';
import { measureRepetition } from '../../reasoning/repetition-share.ts';
import { findRethinks } from '../../reasoning/rethinks.ts';

export interface Thought {
  question: string;
  /** As `textOfKind` joins it; not empty. */
  thinking: string;
}

/** What can be said of a thought by itself, however the answer ends. */
export type ThoughtHealth = Omit<Health, 'format'>;

/** Linear in the text; about a second for 400 kB, so not for the event loop. */
export function measureThought({ question, thinking }: Thought, identify: IdentifyLanguage): ThoughtHealth {
  const language = measureLanguage({ question, thinking, identify });
  const repetition = measureRepetition(thinking);
  const places = findRethinks(thinking);
  return {
    ...(language && { language }),
    ...(repetition && { repetition }),
    rethinks: { count: places.length, places: places.slice(0, maxHealthPlaces) },
  };
}
