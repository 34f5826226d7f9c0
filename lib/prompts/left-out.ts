import type { UsageSource } from '../usage.ts';

/** The thinking of an answer before the one that is asked about. */
export interface EarlierThinking {
  /** Empty where a provider hides it. */
  text: string;
  tokens: number;
  source: UsageSource;
}

/** How much thinking of earlier answers a request did not carry. */
export interface LeftOut {
  answers: number;
  tokens: number;
  /** False when some of the tokens are our estimate. */
  counted: boolean;
  /** Answers whose thinking was sent back. */
  sentBack: number;
}

/**
 * Which thinking of earlier answers was left out of a request, by the request itself: a thought counts as sent where its
 * text stands in the body, whatever the field is called there.
 */
export function findLeftOut(body: string, earlier: readonly EarlierThinking[]): LeftOut {
  const texts = textsIn(body);
  const thinking = earlier.filter((e) => e.tokens > 0);
  const left = thinking.filter(({ text }) => {
    const thought = text.trim();
    return thought === '' || !texts.some((sent) => sent.includes(thought));
  });
  return {
    answers: left.length,
    tokens: left.reduce((sum, e) => sum + e.tokens, 0),
    counted: left.every((e) => e.source === 'reported' || e.source === 'events' || e.source === 'counted'),
    sentBack: thinking.length - left.length,
  };
}

/** All strings of a JSON text; the text itself when it is none. */
function textsIn(body: string): string[] {
  const texts: string[] = [];
  const collect = (value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) collect(inner);
  };
  try {
    collect(JSON.parse(body));
  } catch {
    texts.push(body);
  }
  return texts;
}
