import type { PullEvent } from '../../lib/pull.ts';

/**
 * Has a provider fetch a model and tells how that goes (docs/api.md, "Models"). Aborting cancels it. Never throws: what
 * goes wrong is an `error` event.
 */
export async function* pullModel(providerId: string, model: string, signal: AbortSignal): AsyncGenerator<PullEvent> {
  const failed = (text: string): PullEvent => ({
    type: 'error',
    error: { kind: 'interrupted', code: 'said', facts: { text } },
  });
  let ended = false;
  try {
    const response = await fetch(`/api/providers/${encodeURIComponent(providerId)}/pull`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ model }),
      signal,
    });
    if (!response.ok || !response.body) {
      yield failed(await refusalOf(response));
      return;
    }
    for await (const event of readEvents(response.body)) {
      ended ||= event.type !== 'progress';
      yield event;
    }
    if (!ended) yield failed('The connection broke. Try again: it goes on where it stopped.');
  } catch {
    if (!signal.aborted && !ended) yield failed('Thinkglass cannot be reached. Is its server still running?');
  }
}

async function refusalOf(response: Response): Promise<string> {
  try {
    return ((await response.json()) as { error: { message: string } }).error.message; // docs/api.md's word
  } catch {
    return `The server answered with status ${response.status} and no reason.`;
  }
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<PullEvent> {
  const reader = body.getReader(); // Safari cannot iterate a stream
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, type, data] = /^event: (progress|done|error)\ndata: (.*)$/.exec(block) ?? [];
      if (type && data) yield { type, ...(JSON.parse(data) as object) } as PullEvent; // our own server's words
    }
  }
}
