import type { ModelInfo, ProviderAdapter } from '../../model.ts';
import { nobodyReads } from './upstream-fetch.ts';

/** Something of the app's own to ask a model, such as a title. */
export interface ShortQuestion {
  model: ModelInfo;
  text: string;
  maxTokens: number;
  signal: AbortSignal;
}

const timeoutMs = 30_000;
/** Words by which providers turn thinking off; a few tokens are no room for it. */
const off = ['off', 'none'];

/**
 * Asks for a few words, over whatever protocol the model has. Nobody waits for a second attempt.
 * @returns the text as the model wrote it, tags included; undefined when it was cut off or did not come.
 */
export async function askShortly(
  adapter: ProviderAdapter,
  { model, text, maxTokens, signal }: ShortQuestion,
): Promise<string | undefined> {
  const left = new AbortController();
  const { efforts, thinkingBudget } = model.parameters ?? {};
  const effort = efforts?.find((word) => off.includes(word));
  const request = {
    model,
    messages: [{ role: 'user' as const, content: text }],
    sampling: {
      maxTokens,
      ...(effort !== undefined && { effort }),
      ...(thinkingBudget && !thinkingBudget.needsSetup && { thinkingBudget: thinkingBudget.min }), // it comes on top of the tokens
    },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs), left.signal]),
  };
  let words = '';
  try {
    for await (const part of adapter.ask(request)) {
      if (part.type === 'content') words += part.text;
      if (part.type === 'retry' || part.type === 'error') return undefined;
      if (part.type === 'finish') return part.reason === 'stop' ? words : undefined;
    }
    return undefined;
  } finally {
    left.abort(nobodyReads);
  }
}
