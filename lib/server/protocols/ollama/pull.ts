import type { PullEvent } from '../../../pull.ts';
import { cleanText, convertConnectionError, convertRefusal, findUpstreamError, makeError } from '../../calls/errors.ts';
import { contextOf, type ServerOptions } from '../../calls/model-call.ts';
import { isRecord, parseJson } from '../../calls/json.ts';
import { createLineReader } from './stream.ts';
import { readBounded } from '../../calls/read-bounded.ts';
import type { FetchLike } from '../../calls/upstream-fetch.ts';

const maxLine = 64 * 1024;

/** Has Ollama fetch a model (`POST /api/pull`). Nothing is told of one read but the last of what it says. */
export async function* pullFromOllama(
  options: ServerOptions & { fetch: FetchLike; headers: Record<string, string> },
  model: string,
  signal: AbortSignal,
): AsyncGenerator<PullEvent> {
  const context = contextOf(options, { id: model });
  const { label: provider } = options;
  const call = new AbortController();
  const onAbort = () => call.abort(signal.reason);
  if (signal.aborted) return;
  signal.addEventListener('abort', onAbort, { once: true });
  // While it checks a large file it says nothing for minutes; a download itself may take all day.
  const silence = setTimeout(() => call.abort('silence'), options.limits.firstByteLocalMs);
  const failed = (error: Extract<PullEvent, { type: 'error' }>['error']): PullEvent => ({ type: 'error', error });

  const files = createProgress();
  let end: PullEvent | undefined;
  const reader = createLineReader(maxLine, {
    line(line) {
      const value = parseJson(line);
      if (end || !isRecord(value)) return;
      const said = findUpstreamError({ error: value.error })?.message;
      if (said !== undefined) {
        const kind = /file does not exist|not found/i.test(said) ? 'model' : 'provider';
        const code = kind === 'model' ? 'nothing-to-pull' : 'pull-failed';
        end = failed(makeError(context, { kind, cause: { code, facts: { model } }, said }));
      } else if (value.status === 'success') end = { type: 'done' };
      else files.take(value, (status) => cleanText(status, context.secrets));
    },
    tooLong() {
      const cause = { code: 'pull-line-too-long', facts: { provider } } as const;
      end = failed(makeError(context, { kind: 'provider', cause }));
    },
  });

  try {
    const response = await options.fetch(`${options.baseURL}/api/pull`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...options.headers },
      body: JSON.stringify({ model, stream: true }),
      signal: call.signal,
    });
    if (!response.ok) {
      const body = await readBounded(response, maxLine);
      yield failed(convertRefusal(context, { status: response.status, headers: response.headers, body }, Date.now()));
      return;
    }
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      silence.refresh();
      reader.push(decoder.decode(bytes, { stream: true }));
      const progress = files.changed();
      if (progress) yield progress;
      if (end) break;
    }
    reader.end();
    if (signal.aborted) return;
    const cause = { code: 'pull-ended-early', facts: { provider } } as const;
    yield end ?? failed(makeError(context, { kind: 'interrupted', cause }));
  } catch (thrown) {
    if (signal.aborted) return;
    const cause = { code: 'pull-silent', facts: { provider } } as const;
    const silent = call.signal.aborted && call.signal.reason === 'silence';
    yield failed(silent ? makeError(context, { kind: 'interrupted', cause }) : convertConnectionError(context, thrown));
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', onAbort);
    call.abort();
  }
}

/** Adds up the files of a model, which are told one by one. */
function createProgress() {
  const files = new Map<string, { completed: number; total: number }>();
  let status = '';
  let told = '';
  return {
    take(value: Record<string, unknown>, clean: (status: string) => string) {
      if (typeof value.status === 'string') status = clean(value.status);
      const { digest, total, completed } = value;
      if (typeof digest !== 'string' || digest.length > 200 || typeof total !== 'number' || !(total > 0)) return;
      if (!files.has(digest) && files.size >= 1000) return;
      const done = typeof completed === 'number' && completed > 0 ? completed : 0;
      files.set(digest, { completed: Math.min(done, total), total });
    },
    /** What to tell, if it differs from what was told by something a reader could see. */
    changed(): PullEvent | undefined {
      let completed = 0;
      let total = 0;
      for (const file of files.values()) {
        completed += file.completed;
        total += file.total;
      }
      const seen = `${status} ${total} ${total > 0 ? Math.floor((completed / total) * 1000) : 0}`;
      if (status === '' || seen === told) return undefined;
      told = seen;
      return { type: 'progress', status, ...(total > 0 && { completed, total }) };
    },
  };
}
