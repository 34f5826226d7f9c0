import type { Sent } from '../../../model.ts';
import { endsInOpener } from '../../../prompts/raw-prompt.ts';
import { beginningIn, piecesAfter } from './recorded-continuation.ts';
import { replayModels } from './models.ts';
import { createPacedStream, systemClock, type Clock, type TimedText } from './paced-stream.ts';
import { findQuestion, findRecording } from './recordings.ts';
import { renderUnrecorded, type Unrecorded } from './unrecorded.ts';
import { cutTokens } from './tokens.ts';
import type { Recording, ReplayModelKey } from './transcript.ts';
import { cutRecording, formOf, renderEvents, type Piece } from './wire.ts';

export interface ReplayOptions {
  /** `real`: as fast as the model would write. A number: so many times faster; `Infinity` gives everything at once. */
  pace?: 'real' | number;
  clock?: Clock;
}

/** What a request must hold for us; everything else in it is ignored, as recordings have no sampling. */
interface ReplayRequest {
  model: ReplayModelKey;
  texts: string[];
  /** The last user message, or the text of a raw completion. */
  question: string;
  /** The text to continue, if it is no chat. */
  prompt?: string;
  /** The answer's beginning, which is to be gone on with. */
  beginning?: string;
  maxTokens: number;
  includeUsage: boolean;
}

/** Until a model's first token, in ms. */
const initialDelay = 600;

/**
 * Stands in for `fetch` before an OpenAI-compatible `…/chat/completions` and `…/completions`, and answers out of the
 * recordings as a server of that kind would: streamed, at a model's pace, in the wire habits of the model named. A request
 * it cannot read is answered with 400, an unknown model with 404, both with an OpenAI-shaped body. Aborting stops the
 * stream at once. A question that is not recorded is answered with 404.
 */
export function createReplayFetch({ pace = 'real', clock = systemClock }: ReplayOptions = {}): typeof fetch {
  const speed = pace === 'real' ? 1 : pace;
  if (!(speed > 0)) throw new RangeError(`The pace must be above 0, not ${speed}.`);
  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    signal?.throwIfAborted();
    const body = await (input instanceof Request && !init?.body ? input : new Response(init?.body ?? null)).text();
    const url = input instanceof Request ? input.url : String(input);
    const request = requestTo(url, body);
    if (request instanceof Response) return request;
    const recording = recordingFor(request);
    if (!recording) return refuse(404, renderUnrecorded(request), 'not_recorded');
    const texts = timeReply(request, recording).map(({ render, at }) => ({ render, at: at / speed }));
    return new Response(createPacedStream(texts, { clock, signal }), {
      headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    });
  };
}

/** What is asked of whom, where it is not recorded; undefined where it is, and for a request that cannot be read. */
export function findUnrecorded({ url, body }: Sent): Unrecorded | undefined {
  const request = requestTo(url, body);
  return request instanceof Response || recordingFor(request) ? undefined : request;
}

function requestTo(url: string, body: string): ReplayRequest | Response {
  return url.endsWith('/chat/completions') ? parseRequest(body) : parseCompletion(body);
}

function recordingFor({ model, question }: ReplayRequest): Recording | undefined {
  const key = findQuestion(question);
  return key && findRecording(model, key);
}

function timeReply(request: ReplayRequest, recording: Recording): TimedText[] {
  const cut = cutRecording(request.model, recording);
  const all = leftOf(request, cut);
  const pieces = all.slice(0, request.maxTokens);
  const events = renderEvents({
    model: request.model,
    pieces,
    finish: pieces.length < all.length ? 'length' : 'stop',
    promptTokens: request.texts.reduce((sum, text) => sum + cutTokens(text).length + 3, 1),
    includeUsage: request.includeUsage,
    asText: request.prompt !== undefined,
    id: `${request.prompt === undefined ? 'chatcmpl' : 'cmpl'}-${crypto.randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
  });
  const times = timeTokens(pieces, recording.tokensPerSecond ?? formOf(request.model).pace);
  const end = times.at(-1) ?? initialDelay;
  return [
    { render: () => events.opening, at: initialDelay },
    ...pieces.map((piece, i) => ({ render: () => events.renderToken(piece), at: times[i] ?? end })),
    { render: () => events.closing, at: end },
  ];
}

/** What of a recording is still to be said, after what the request says already. */
function leftOf({ prompt, beginning }: ReplayRequest, cut: readonly Piece[]): readonly Piece[] {
  if (prompt === undefined) return beginning === undefined ? cut : piecesAfter(cut, beginning);
  if (endsInOpener(prompt)) return withoutOpener(cut);
  const begun = beginningIn(prompt, cut);
  if (begun !== undefined) return piecesAfter(cut, begun);
  // The prompt may have written the opening tag, and the model gone on from there.
  const opened = withoutOpener(cut);
  const goneOn = beginningIn(prompt, opened);
  return goneOn === undefined ? cut : piecesAfter(opened, goneOn);
}

/** When each token is due: a steady pace, unsteady from token to token, and the same at every replay. */
function timeTokens(pieces: readonly Piece[], tokensPerSecond: number): number[] {
  const usual = 1000 / tokensPerSecond;
  let state = pieces.length;
  let at = initialDelay;
  return pieces.map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    at += usual * (0.5 + state / 2 ** 32); // between half and one and a half times the usual
    return at;
  });
}

function parseRequest(body: string): ReplayRequest | Response {
  const parsed = asRecord(parseJson(body));
  const messages = Array.isArray(parsed?.messages) ? parsed.messages.map(asRecord) : [];
  const last = messages.findLast((message) => message?.role === 'user');
  const end = messages.at(-1);
  if (!parsed || !last)
    return refuse(400, 'A recording needs a JSON body with a user message in it.', 'invalid_request_error');
  if (parsed.stream !== true)
    return refuse(400, 'Recordings are only streamed; send "stream": true.', 'invalid_request_error');
  const model = replayModels.find(({ id }) => id === parsed.model);
  if (!model) return refuse(404, `There is no recorded model ${JSON.stringify(parsed.model)}.`, 'model_not_found');
  const limit = parsed.max_tokens ?? parsed.max_completion_tokens ?? model.advice.maxTokens;
  return {
    model: model.key,
    texts: messages.map((message) => textOf(message?.content)),
    question: textOf(last.content),
    ...(end?.role === 'assistant' && end.prefix === true && { beginning: textOf(end.content) }),
    maxTokens: typeof limit === 'number' && limit > 0 ? limit : Number.POSITIVE_INFINITY,
    includeUsage: asRecord(parsed.stream_options)?.include_usage === true,
  };
}

/** Models whose thinking comes in a field of its own are served as chats only, as such models are. */
function parseCompletion(body: string): ReplayRequest | Response {
  const parsed = asRecord(parseJson(body));
  const prompt = parsed?.prompt;
  if (!parsed || typeof prompt !== 'string')
    return refuse(400, 'A recording needs a JSON body with a prompt in it.', 'invalid_request_error');
  const request = parseRequest(JSON.stringify({ ...parsed, messages: [{ role: 'user', content: prompt }] }));
  if (request instanceof Response) return request;
  if (formOf(request.model).style === 'field')
    return refuse(404, 'This is a chat model and takes no completions.', 'invalid_request_error');
  return { ...request, prompt };
}

/** The prompt has written the opening tag, so the model does not. */
function withoutOpener(pieces: readonly Piece[]): readonly Piece[] {
  let opener = '<think>';
  return pieces.flatMap((piece) => {
    let shared = 0;
    while (shared < opener.length && piece.text[shared] === opener[shared]) shared++;
    opener = shared < piece.text.length ? '' : opener.slice(shared);
    return shared === piece.text.length ? [] : [{ ...piece, text: piece.text.slice(shared) }];
  });
}

/** A message's content is a text, or a list of parts of which some are texts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part) => asRecord(part)?.text)
    .filter((text) => typeof text === 'string')
    .join('');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined; // any object has string keys
}

function refuse(status: number, message: string, code: string): Response {
  return Response.json({ error: { message, type: 'invalid_request_error', param: null, code } }, { status });
}
