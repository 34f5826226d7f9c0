import type { PullEvent } from '../../lib/pull.ts';
import { readEvents } from '../client/read-events.ts';

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
    for await (const events of readEvents<PullEvent>(response.body, ['progress', 'done', 'error'])) {
      ended ||= events.some(({ type }) => type !== 'progress');
      yield* events;
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
