import { randomInt } from 'node:crypto';
import { AppError, type GenerationError } from '../../../errors.ts';
import type { ProviderAdapter, ProviderPart, TokenLikelihood } from '../../../model.ts';
import { errorSentence } from '../../../sentences.ts';
import type { DeskEvent } from './desk.ts';
import { DeskThread } from './desk-thread.ts';
import { type InsideRecord, insideFile, insideRecords } from './models.ts';
import type { PuzzleFault } from './puzzle.ts';
import { type InsideRequest, renderInsideBody, renderInsideCall, renderInsidePrompt } from './request.ts';

/** What is shown as the address: nothing leaves this process. */
const url = 'inside:/completions';

/**
 * Asks the models that run in this process, in a thread of their own.
 * @param options.tokensPerSecond the pace of what a person reads along
 */
export function createInsideAdapter(options: {
  label: string;
  tokensPerSecond: number;
  /** The models as they are now; those that come with the app when absent. */
  records?: () => readonly InsideRecord[];
}): ProviderAdapter & { close(): Promise<void> } {
  const thread = new DeskThread();
  const rendered = (request: InsideRequest, seed: number) => {
    const record = (options.records?.() ?? insideRecords).find(({ id }) => id === request.model.id);
    if (!record) return noSuchModel(options.label, request.model.id);
    const prompt = renderInsidePrompt(request, record);
    return typeof prompt === 'string' ? noPuzzle(prompt) : renderInsideCall(request, record, prompt.text, seed);
  };
  return {
    async *ask(request) {
      const call = rendered(request, randomInt(2 ** 31));
      if ('kind' in call) {
        yield { type: 'error', error: call };
        return;
      }
      yield { type: 'request', url, body: renderInsideBody(request.model.id, call) };
      const pace = request.unpaced ? {} : { pace: options.tokensPerSecond };
      const writing = thread.write({ ...call, ...pace }, request.signal);
      const count: Count = { read: 0, written: 0 };
      for await (const event of writing) {
        if (event.type === 'begun') {
          count.read = event.promptTokens;
          const endThinking = async () => {
            writing.endThinking();
            return true;
          };
          yield { type: 'first-byte' };
          yield { type: 'steerable', endThinking };
        } else yield* partsOf(event, request, { provider: options.label, count });
      }
    },
    preview(request) {
      const call = rendered(request, 0);
      if ('kind' in call) return { url, body: JSON.stringify({ model: request.model.id }) };
      const { seed, ...body } = JSON.parse(renderInsideBody(request.model.id, call)) as Record<string, unknown>; // made above
      return { url, body: JSON.stringify({ ...body, ...(request.sampling.seed !== undefined && { seed }) }) };
    },
    async findLikelihoods({ id }, { body, text }, signal) {
      const record = (options.records?.() ?? insideRecords).find((one) => one.id === id);
      if (!record) throw new AppError('not_found', errorSentence(noSuchModel(options.label, id)));
      const { prompt } = JSON.parse(body) as { prompt: string }; // ours, as `renderInsideBody` makes it
      const asked = { file: insideFile(record), prompt: withoutEnd(prompt, text), given: text };
      const tokens: TokenLikelihood[] = [];
      for await (const event of thread.write({ ...asked, temperature: 1, seed: 0, stop: [], top: likeliest }, signal)) {
        if (event.type === 'tokens') tokens.push(...event.tokens.flatMap(({ likelihood }) => likelihood ?? []));
        if (event.type === 'failed') throw new AppError('conflict', event.message);
      }
      return tokens;
    },
    close: () => thread.close(),
  };
}

/** So many tokens are told in the place of one. */
const likeliest = 5;

/** A prompt without what of a text stands at its end already: the beginning that was gone on with. */
function withoutEnd(prompt: string, text: string): string {
  for (let length = Math.min(prompt.length, text.length); length > 0; length--) {
    if (prompt.endsWith(text.slice(0, length))) return prompt.slice(0, -length);
  }
  return prompt;
}

/** Tokens so far: a text that is stopped is not reported at its end. */
interface Count {
  read: number;
  written: number;
}

function* partsOf(
  event: DeskEvent,
  { model, sampling }: InsideRequest,
  { provider, count }: { provider: string; count: Count },
): Iterable<ProviderPart> {
  if (event.type === 'tokens') {
    count.written += event.tokens.length;
    const texts = event.tokens.flatMap(({ text }) => (text === '' ? [] : [text]));
    const logprobs = event.tokens.flatMap(({ likelihood }) => likelihood ?? []);
    yield {
      type: 'content',
      text: texts.join(''),
      events: texts.map((text) => text.length),
      ...(logprobs.length > 0 && { logprobs }),
      timings: { cache_n: 0, prompt_n: count.read, predicted_n: count.written }, // in llama.cpp's words
    };
  } else if (event.type === 'done') {
    const { promptTokens, outputTokens, reasoningTokens, promptMs, writeMs } = event.usage;
    yield {
      type: 'usage',
      usage: { promptTokens, outputTokens, reasoningTokens },
      raw: {
        prompt_tokens: promptTokens,
        completion_tokens: outputTokens,
        total_tokens: promptTokens + outputTokens,
        completion_tokens_details: { reasoning_tokens: reasoningTokens },
      },
      times: { promptMs, readTokens: promptTokens, writeMs, writtenTokens: outputTokens },
    };
    const { contextTokens } = model.limits;
    const isItsLimit = sampling.maxTokens !== undefined && outputTokens >= sampling.maxTokens;
    if (event.end === 'length' && !isItsLimit && contextTokens !== undefined) {
      yield { type: 'notice', notice: { code: 'window-full', facts: { promptTokens, contextTokens } } };
    }
    yield { type: 'finish', reason: event.end };
  } else if (event.type === 'failed') yield { type: 'error', error: failure(event, provider) };
}

function failure(event: DeskEvent & { type: 'failed' }, provider: string): GenerationError {
  switch (event.why) {
    case 'busy':
      return { kind: 'busy', code: 'busy', facts: { provider } };
    case 'too-long':
      return { kind: 'context', code: 'context-exceeded', facts: {}, detail: event.message };
    case 'empty':
      return noPuzzle('unread');
    case 'unreadable':
      return { kind: 'provider', code: 'failed-while-answering', facts: { provider }, detail: event.message };
  }
}

function noPuzzle(fault: PuzzleFault): GenerationError {
  return { kind: 'request', code: 'no-puzzle', facts: { fault } };
}

function noSuchModel(provider: string, model: string): GenerationError {
  return { kind: 'model', code: 'no-such-model', facts: { provider, model, local: false } };
}
