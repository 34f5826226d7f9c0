import type { ShortQuestion } from '../../../model.ts';
import { readBounded } from '../../calls/read-bounded.ts';
import type { FetchLike } from '../../calls/upstream-fetch.ts';

/** An answer of a few words is no longer than this, whatever a server says around it. */
const maxBytes = 256 * 1024;
const timeoutMs = 30_000;

/**
 * Asks for a few words, all at once, through the AI SDK: nobody watches them come, so nothing of the streaming is needed.
 * @returns the text as the model wrote it, tags included; undefined when it was cut off or did not come as text.
 * @throws what the call throws; it is not for people.
 */
export async function askShortly(
  server: { baseURL: string; apiKey?: string; headers?: Record<string, string>; fetch: FetchLike },
  { model, text, maxTokens, signal }: ShortQuestion,
  { maxTokensField }: { maxTokensField: 'max_tokens' | 'max_completion_tokens' },
): Promise<string | undefined> {
  // Loaded by the first who wants it: most never do.
  const [{ createOpenAICompatible }, { generateText }] = await Promise.all([
    import('@ai-sdk/openai-compatible'),
    import('ai'),
  ]);
  const provider = createOpenAICompatible({
    name: 'short-answer',
    baseURL: server.baseURL,
    ...(server.apiKey !== undefined && { apiKey: server.apiKey }),
    ...(server.headers && { headers: server.headers }),
    fetch: boundedFetch(server.fetch),
    transformRequestBody: ({ max_tokens, ...body }) => ({
      ...model.requestExtras,
      ...body,
      [maxTokensField]: max_tokens,
    }),
  });
  const answer = await generateText({
    model: provider.chatModel(model.id),
    prompt: text,
    maxOutputTokens: maxTokens,
    maxRetries: 0,
    abortSignal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  return answer.finishReason === 'stop' ? answer.text : undefined;
}

/** Our own fetch, with its guard, for code that reads all of a body: no more of it than can be meant. */
function boundedFetch(fetch: FetchLike): FetchLike {
  return async (input, init) => {
    const response = await fetch(input, init);
    const body = await readBounded(response, maxBytes);
    return new Response(body, { status: response.status, headers: { 'content-type': 'application/json' } });
  };
}
