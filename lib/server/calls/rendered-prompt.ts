import type { AnswerPrefix, ContinuationStyle, ModelRequest } from '../../model.ts';
import { isRecord, parseJson } from './json.ts';
import { readBounded } from './read-bounded.ts';
import type { FetchLike } from './upstream-fetch.ts';

/** An Ollama that is asked what its template makes of a conversation. */
export interface RenderingServer {
  /** Without `/v1`. */
  origin: string;
  fetch: FetchLike;
  headers: Record<string, string>;
  signal: AbortSignal;
}

/** A chat as its own API takes it: model, messages, options. */
export interface RenderedChat {
  messages: readonly Record<string, unknown>[];
  [field: string]: unknown;
}

/** A model whose template is asked for may have to be loaded. */
const probeMs = 8_000;
const maxRenderedBytes = 16 * 1024 * 1024;
/** Words that no conversation holds, to find again where the template puts a thought and an answer. */
const marks = { thought: 'thinkglassthoughtmark', answer: 'thinkglassanswermark' };
const opener = /<think>\s*$/;

/**
 * The prompt that an Ollama's template makes of a chat (`_debug_render_only`); undefined where it does not tell. Loads the
 * model, as asking it would.
 */
export async function renderByTemplate(server: RenderingServer, chat: RenderedChat): Promise<string | undefined> {
  const { origin, fetch, headers, signal } = server;
  const options = isRecord(chat.options) ? chat.options : {};
  // An Ollama that does not know the word would answer: then with one token.
  const body = { ...chat, stream: false, _debug_render_only: true, options: { ...options, num_predict: 1 } };
  try {
    const response = await fetch(`${origin}/api/chat`, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal,
    });
    const value = parseJson(await readBounded(response, maxRenderedBytes));
    const info = response.ok && isRecord(value) && isRecord(value._debug_info) ? value._debug_info : {};
    return typeof info.rendered_template === 'string' ? info.rendered_template : undefined;
  } catch {
    return undefined; // what is wrong with the server is told by asking it
  }
}

/**
 * The prompt of a chat with the beginning of its answer behind it, as the model would have written it: inside its thinking,
 * behind it, or in its answer. Undefined where the template is not told.
 */
export async function renderBeginning(
  server: RenderingServer,
  chat: RenderedChat,
  prefix: AnswerPrefix,
): Promise<string | undefined> {
  const { reasoning, answer, thoughtOver, exact } = prefix;
  if (exact === undefined && reasoning !== '') {
    const last = { role: 'assistant', thinking: marks.thought, content: marks.answer };
    const marked = await renderByTemplate(server, { ...chat, messages: [...chat.messages, last] });
    if (marked === undefined) return undefined;
    const written = behindMarks(marked, prefix);
    if (written !== undefined) return written;
  }
  const prompt = await renderByTemplate(server, chat);
  if (prompt === undefined) return undefined;
  const isOpened = opener.test(prompt);
  if (exact !== undefined) return prompt + (isOpened ? exact.replace(/^\s*<think>/, '') : exact);
  if (reasoning === '') return prompt + (isOpened ? '\n</think>\n\n' : '') + answer;
  const opened = isOpened ? prompt : `${prompt}<think>${/^\s/.test(reasoning) ? '' : '\n'}`;
  return opened + reasoning + (thoughtOver ? `\n</think>\n\n${answer}` : '');
}

/**
 * How an Ollama takes the beginning of an answer of this model: its template is told, or at least has a place for the
 * thinking of a message. Undefined where it has none, or the model runs elsewhere; `untold` where nothing is said of it.
 */
export async function findRenderedContinuation(
  server: Omit<RenderingServer, 'signal'>,
  model: string,
  untold: ContinuationStyle | undefined,
): Promise<ContinuationStyle | undefined> {
  const asked = { ...server, signal: AbortSignal.timeout(probeMs) };
  const probe = { model, messages: [{ role: 'user', content: 'Hello' }] };
  if ((await renderByTemplate(asked, probe)) !== undefined) return 'rendered';
  try {
    const response = await server.fetch(`${server.origin}/api/show`, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...server.headers },
      body: JSON.stringify({ model }),
      signal: AbortSignal.timeout(probeMs),
    });
    const shown = parseJson(await readBounded(response, maxRenderedBytes));
    if (!response.ok || !isRecord(shown)) return untold;
    const { capabilities, template, remote_host } = shown;
    const thinks = Array.isArray(capabilities) && capabilities.includes('thinking');
    const hasPlace = typeof template !== 'string' || template.includes('.Thinking');
    return thinks && hasPlace && !remote_host ? 'thinking-and-content' : undefined;
  } catch {
    return untold;
  }
}

/** The same question as a text that is to be gone on with. */
export function asCompletion({ prefix: _, ...request }: ModelRequest, prompt: string): ModelRequest {
  const images = request.messages.flatMap((message) => message.images ?? []);
  const completion = { prompt, stop: request.sampling.stop ?? [], goesOn: true } as const;
  return { ...request, messages: [], completion: { ...completion, ...(images.length > 0 && { images }) } };
}

/** The template's own way to write a thought; undefined where it writes none. */
function behindMarks(marked: string, { reasoning, answer, thoughtOver }: AnswerPrefix): string | undefined {
  const thought = marked.indexOf(marks.thought);
  const said = marked.indexOf(marks.answer, thought);
  if (thought < 0 || said < 0) return undefined;
  const opened = marked.slice(0, thought) + reasoning;
  return thoughtOver ? opened + marked.slice(thought + marks.thought.length, said) + answer : opened;
}
