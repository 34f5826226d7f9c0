import type { TextsEvent } from '../../lib/zero/texts.ts';
import { readEvents } from '../client/read-events.ts';

/** A text as it is being written. */
export interface Written {
  text: string;
  end?: 'stop' | 'length';
  tokens: number;
  thinkingTokens: number;
  failed?: string;
}

/** Texts of one puzzle, in the order they were asked. */
export interface Asked {
  puzzle: { numbers: number[]; target: number };
  texts: Written[];
}

export interface TextsRequest {
  puzzle: string;
  models: readonly string[];
  samples?: number;
  isRead?: boolean;
}

/**
 * Asks for texts (docs/api.md, "How it learnt") and tells how they stand, each time something came. Aborting ends them.
 * @throws Error with words to show, when it was refused or broke
 */
export async function askTexts(
  request: TextsRequest,
  signal: AbortSignal,
  tell: (asked: Asked) => void,
): Promise<void> {
  const response = await fetch('/api/zero/texts', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
    signal,
  });
  if (!response.ok || !response.body) {
    const { error } = (await response.json()) as { error: { message: string } }; // docs/api.md's word
    throw new Error(error.message);
  }
  const count = request.models.length * (request.samples ?? 1);
  const texts = Array.from({ length: count }, (): Written => ({ text: '', tokens: 0, thinkingTokens: 0 }));
  let puzzle: Asked['puzzle'] | undefined;
  for await (const events of readEvents<TextsEvent>(response.body, ['begun', 'text', 'done', 'failed'])) {
    for (const event of events) {
      if (event.type === 'begun') puzzle = { numbers: event.numbers, target: event.target };
      else take(texts, event);
    }
    if (puzzle) tell({ puzzle, texts: [...texts] });
  }
  if (texts.some(({ end, failed }) => !end && !failed)) throw new Error('The connection broke. Ask again.');
}

function take(texts: Written[], event: Exclude<TextsEvent, { type: 'begun' }>): void {
  const before = texts[event.at];
  if (!before) return;
  if (event.type === 'text') texts[event.at] = { ...before, text: before.text + event.text };
  else if (event.type === 'failed') texts[event.at] = { ...before, failed: event.message };
  else {
    const { end, tokens, thinkingTokens } = event;
    texts[event.at] = { ...before, end, tokens, thinkingTokens };
  }
}
