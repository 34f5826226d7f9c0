/**
 * How a llama.cpp server goes on, as a fake provider's script: one event a token, thinking in its field (a model whose
 * template opens it) or between tags. Modelled on llama-server 0.6.0 (October 2026); `builds` are older ones.
 */
import {
  chunk,
  doneStep,
  type FakeProviderOptions,
  type FakeRequest,
  type FakeStep,
  json,
  textChunk,
} from './provider.ts';

/** What the model writes, whatever it is asked: tokens, with the blanks before them. */
export interface LlamaScript {
  thought: string[];
  answer: string[];
  /** Between tags in the content, as the model writes them itself: R1-Zero's form. */
  inline?: boolean;
  /** It goes on in the middle of its thinking, after so many tokens of it, once it is let go on. */
  gateAfter?: number;
  /** It says that its thinking was ended, and thinks on, a word each 20 ms, until the client leaves. */
  goesOn?: true;
  /** It thinks as long as it likes. */
  ignoresBudget?: true;
  /** It says nothing more after so many tokens of its answer, until the client leaves. */
  hangAfter?: number;
  /** Its window: so many tokens of thinking and answer, those it is given included. */
  window?: number;
}

export type LlamaBuild =
  /** Goes on without repeating, when it is asked to (`continue_final_message`); repeats what it was given when not. */
  | 'now'
  /** Knows no such field, and repeats what it was given. */
  | 'repeats'
  /** Refuses both fields together, as it takes one for the other. */
  | 'refuses-both'
  /** Refuses a beginning while its template opens the thinking. */
  | 'refuses-thinking';

interface LlamaOptions {
  /** By the id of the model. */
  models: Record<string, LlamaScript>;
  build?: LlamaBuild;
  /** It has no call that ends the thinking in the stream. */
  withoutControl?: boolean;
}

interface Sent {
  reasoning: string;
  content: string;
}

const tokensIn = (text: string) => text.split(/(?=[ \n])/).filter((token) => token !== '').length;

/** A script for `createFakeProvider`, with the list of its models. */
export function llamaCpp(
  options: LlamaOptions,
): Required<Pick<FakeProviderOptions, 'respond' | 'models' | 'elsewhere'>> {
  const controls = new Map<string, () => void>();
  let count = 0;
  return {
    models: Object.keys(options.models).map((id) => ({ id, object: 'model', owned_by: 'llamacpp' })),
    respond(request) {
      const script = options.models[request.json.model ?? ''];
      if (!script) return undefined;
      if (request.json.prompt !== undefined) return { steps: complete(request.json, script) };
      const refusal = refusalOf(request.json, options.build ?? 'now');
      if (refusal !== undefined) {
        return json(400, { error: { code: 400, message: refusal, type: 'invalid_request_error' } });
      }
      if (roomOf(request.json, script) <= 0) {
        const message = 'the request exceeds the available context size, try increasing it';
        return json(400, { error: { code: 400, message, type: 'exceed_context_size_error' } });
      }
      const id = `chatcmpl-${++count}`;
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const controlled = request.json.reasoning_control === true && !options.withoutControl;
      // Of thinking between tags it knows nothing, and says all the same that it ended it.
      if (controlled) controls.set(id, script.inline || script.goesOn ? () => {} : end);
      return {
        steps: withId(id, write(request, script, options.build ?? 'now', { ended, forget: () => controls.delete(id) })),
      };
    },
    elsewhere({ path, body }) {
      if (path !== '/v1/chat/completions/control' || options.withoutControl) return undefined;
      const { id, action } = JSON.parse(body) as { id?: string; action?: string };
      if (action !== 'reasoning_end') return json(400, { error: { code: 400, message: 'unknown control action' } });
      const end = controls.get(id ?? '');
      if (!end) return json(200, { success: false, message: 'reasoning control not enabled for this completion' });
      end();
      return json(200, { success: true });
    },
  };
}

/** Tokens that it can still write. */
function roomOf({ messages }: FakeRequest['json'], { window = Number.POSITIVE_INFINITY }: LlamaScript): number {
  const last = messages?.at(-1) as { role: string; content?: string; reasoning_content?: string } | undefined;
  if (last?.role !== 'assistant') return window;
  return window - tokensIn(`${last.reasoning_content ?? ''}${last.content ?? ''}`);
}

function refusalOf(body: FakeRequest['json'], build: LlamaBuild): string | undefined {
  if (build === 'refuses-both' && body.continue_final_message !== undefined) {
    return 'Cannot set both add_generation_prompt and continue_final_message to true.';
  }
  const kwargs = body.chat_template_kwargs as { enable_thinking?: boolean } | undefined;
  const begins = body.messages?.at(-1)?.role === 'assistant';
  if (build === 'refuses-thinking' && begins && kwargs?.enable_thinking !== false) {
    return 'Assistant response prefill is incompatible with enable_thinking.';
  }
  return undefined;
}

async function* write(
  { json: body }: FakeRequest,
  script: LlamaScript,
  build: LlamaBuild,
  control: { ended: Promise<void>; forget: () => void },
): AsyncGenerator<FakeStep> {
  const last = body.messages?.at(-1) as (Partial<Sent> & { role: string; reasoning_content?: string }) | undefined;
  const given: Sent | undefined =
    last?.role === 'assistant' ? { reasoning: last.reasoning_content ?? '', content: last.content ?? '' } : undefined;
  const mode = build === 'now' ? body.continue_final_message : undefined;
  const { thought, answer, thoughtOver } = restOf(script, given, mode === 'content');
  const asked = (body.thinking_budget_tokens ?? body.reasoning_budget_tokens) as number | undefined;
  const budget = script.ignoresBudget ? undefined : asked;
  const most = Math.min((body.max_tokens as number | undefined) ?? Number.POSITIVE_INFINITY, roomOf(body, script));
  const promptTokens =
    (body.messages ?? []).reduce((sum, { content }) => sum + tokensIn(String(content)), 4) +
    tokensIn(given?.reasoning ?? '');
  let written = 0;
  const event = (text: string, isThought: boolean): FakeStep =>
    chunk(isThought && !script.inline ? { reasoning_content: text } : { content: text });
  yield chunk({ role: 'assistant', content: null });

  let before = given && mode === undefined ? given : { reasoning: '', content: '' };
  if (before.reasoning !== '') yield chunk({ reasoning_content: before.reasoning });
  let isEnded = false;
  if (!thoughtOver) {
    for (const [i, token] of thought.slice(0, budget).entries()) {
      if (written === most || isEnded) break;
      if (i === script.gateAfter && !given) {
        while (script.goesOn) {
          yield event(' on', true);
          yield { waitMs: 20 };
        }
        yield { gate: control.ended };
        isEnded = true;
        break;
      }
      yield event(before.content + token, true);
      before = { ...before, content: '' };
      written++;
    }
  }
  const tail = script.inline && !thoughtOver ? ['</think>', ...answer] : answer;
  for (const [i, token] of tail.entries()) {
    if (written === most) break;
    if (i === script.hangAfter) yield { hang: true };
    yield event(before.content + token, false);
    before = { ...before, content: '' };
    written++;
  }
  control.forget();
  if (before.content !== '') yield chunk({ content: before.content });
  yield chunk({}, written === most ? 'length' : 'stop');
  yield {
    event: {
      choices: [],
      usage: { prompt_tokens: promptTokens, completion_tokens: written, total_tokens: promptTokens + written },
      timings: { predicted_n: written, predicted_ms: 10, predicted_per_second: written * 100 },
    },
  };
  yield doneStep;
}

/** A raw completion: what it writes behind R1-Zero's template. */
function* complete(body: FakeRequest['json'], { thought, answer }: LlamaScript): Generator<FakeStep> {
  const tokens = [' <think>', ...thought, ' </think>', ' <answer>', ...answer, ' </answer>'];
  const rest = behind(tokens, body.prompt?.split('Assistant:').at(-1) ?? '');
  const most = (body.max_tokens as number | undefined) ?? rest.length;
  for (const token of rest.slice(0, most)) yield textChunk(token);
  yield textChunk('', rest.length > most ? 'length' : 'stop');
  yield doneStep;
}

/** What the model has still to write behind what it was given. */
function restOf(
  { thought, answer, inline }: LlamaScript,
  given: Sent | undefined,
  closes: boolean,
): { thought: string[]; answer: string[]; thoughtOver: boolean } {
  if (!given) return { thought: inline ? ['<think>', ...thought] : thought, answer, thoughtOver: false };
  const [said, after] = inline ? given.content.split('</think>') : [given.reasoning, given.content];
  const thoughtOver = inline ? after !== undefined : closes || given.content !== '';
  return {
    thought: behind(inline ? ['<think>', ...thought] : thought, said ?? ''),
    answer: thoughtOver ? behind(answer, (after ?? '').replace(/^\n+/, '')) : answer,
    thoughtOver,
  };
}

/** The tokens that are not said yet. */
function behind(tokens: readonly string[], said: string): string[] {
  let text = '';
  const from = tokens.findIndex((token) => {
    if (text.length >= said.length) return true;
    text += token;
    return false;
  });
  return from < 0 ? [] : tokens.slice(from);
}

async function* withId(id: string, steps: AsyncIterable<FakeStep>): AsyncGenerator<FakeStep> {
  for await (const step of steps) yield 'event' in step ? { event: { ...(step.event as object), id } } : step;
}

/** The tiny puzzle-solver's, as it was recorded: `Use 3 5 7 to make 26 .` */
export const puzzle: LlamaScript = {
  thought: ' 7 * 3 = 21 , 21 + 5 = 26 yes'.split(/(?= )/),
  answer: ' 5 + 7 * 3'.split(/(?= )/),
};

export const puzzleInline: LlamaScript = {
  thought: puzzle.thought,
  answer: ['<answer>', ...' 7 * 3 + 5'.split(/(?= )/), '</answer>'],
  inline: true,
};
