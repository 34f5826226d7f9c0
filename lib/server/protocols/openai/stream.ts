import type { PromptProgress } from '../../../stream-part.ts';
import { cleanName, findUpstreamError } from '../../calls/errors.ts';
import { boundedRecord, isRecord, parseJson } from '../../calls/json.ts';
import { createSseReader } from '../../calls/sse-reader.ts';
import {
  defaultSizes,
  type StreamFact,
  type StreamNormalizer,
  type StreamSizes,
  type WriteText,
} from '../../calls/stream-facts.ts';
import { createNormalizer, createTextBuffer } from '../../calls/text-buffer.ts';
import { findUnreadText, type UnreadText } from '../../calls/unread-text.ts';

/** A text of one kind, in the order it came. */
interface TextRun {
  reasoning: boolean;
  text: string;
  /** It came in an object or a list, which may hold again what came before it. */
  isBlock?: true;
}

const maxStray = 256 * 1024;

/**
 * Repairs the stream of an OpenAI-compatible server and merges what arrived together: nothing waits for more.
 * Reads all shapes of reasoning, content, usage and errors that providers send; text goes to `write`, all else becomes facts.
 */
export function createStreamNormalizer(
  write: WriteText,
  observe: (fact: StreamFact) => void,
  sizes: StreamSizes = defaultSizes,
): StreamNormalizer {
  const buffer = createTextBuffer(write, observe, sizes);
  const repeats = createRepeats();
  let model = '';
  let id = '';
  let stray = '';
  let anyEvent = false;
  let ending = false;

  /** An event that cannot be read. At the very end it was cut off, which the missing finish reason tells. */
  const leaveOut = () => {
    if (!ending) observe({ type: 'repaired', what: 'event' });
  };

  const takeChunk = (value: unknown, eventName: string) => {
    if (!isRecord(value)) return leaveOut();
    if (typeof value.model === 'string' && value.model !== '' && value.model !== model) {
      model = value.model;
      observe({ type: 'model', id: cleanName(model) });
    }
    const progress = isRecord(value.prompt_progress) ? promptProgressOf(value.prompt_progress) : undefined;
    if (progress) observe({ type: 'prompt-progress', progress });
    if (id === '' && typeof value.id === 'string' && value.id !== '') {
      id = value.id;
      observe({ type: 'id', id });
    }
    if (isRecord(value.timings)) observe({ type: 'timings', raw: boundedRecord(value.timings) });
    const usage = isRecord(value.usage) ? value.usage : isRecord(value.x_groq) ? value.x_groq.usage : undefined;
    if (isRecord(usage)) observe({ type: 'usage', raw: boundedRecord(usage) });

    const choice = firstChoice(value.choices);
    const runs = choice ? runsOf(choice) : [];
    if (choice) {
      for (const run of repeats.without(choice, runs)) buffer.add(run.reasoning, run.text);
      if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') {
        observe({ type: 'finish', reason: cleanName(choice.finish_reason) });
      }
    }
    if (buffer.finished) return;
    const error = findUpstreamError(value) ?? (eventName === 'error' ? { message: JSON.stringify(value) } : undefined);
    if (error) return buffer.finish({ type: 'error', error });
    if (!runs.some((run) => run.text !== '')) {
      for (const found of unreadIn(value, choice)) observe({ type: 'unread', ...found });
    }
    if (value.error === null || !Array.isArray(value.choices)) observe({ type: 'repaired', what: 'shape' });
  };

  const reader = createSseReader(sizes.maxLine, {
    event(name, data) {
      if (buffer.finished) return;
      anyEvent = true;
      const text = data.trim();
      if (text === '[DONE]') return buffer.finish({ type: 'done' });
      if (text === '') return observe({ type: 'keep-alive' });
      const value = parseJson(text);
      if (value !== undefined) return takeChunk(value, name);
      if (name === 'error') return buffer.finish({ type: 'error', error: { message: text } });
      leaveOut();
    },
    keepAlive() {
      if (!buffer.finished) observe({ type: 'keep-alive' });
    },
    stray(line) {
      if (buffer.finished) return;
      const value = line.startsWith('{') ? parseJson(line) : undefined;
      if (isRecord(value) && (findUpstreamError(value) || Array.isArray(value.choices))) {
        if (!anyEvent && isWhole(value)) observe({ type: 'repaired', what: 'whole' });
        anyEvent = true;
        return takeChunk(value, '');
      }
      if (stray.length + line.length < maxStray) stray += `${line}\n`;
    },
    tooLong() {
      buffer.finish({ type: 'too-large', what: 'line' });
    },
  });

  /** A body that held no event: a JSON document over several lines, a web page, plain words. */
  const takeDocument = (text: string) => {
    const value = parseJson(text);
    if (isRecord(value) && (findUpstreamError(value) || Array.isArray(value.choices))) {
      if (isWhole(value)) observe({ type: 'repaired', what: 'whole' });
      takeChunk(value, '');
    } else {
      buffer.finish({ type: 'not-a-stream', text: text.slice(0, 4000) });
    }
  };

  return createNormalizer(buffer, {
    reader: {
      push: reader.push,
      end() {
        ending = true;
        reader.end();
      },
    },
    observe,
    atEnd(how) {
      if (!anyEvent && stray.trim() !== '') takeDocument(stray);
      if (how === 'reset' && !buffer.finished) observe({ type: 'reset' });
    },
  });
}

/** The choice with index 0, or the first that has no index; others belong to `n` > 1, which we never ask for. */
function firstChoice(choices: unknown): Record<string, unknown> | undefined {
  if (!Array.isArray(choices)) return undefined;
  const known = choices.filter(isRecord);
  return known.find((choice) => choice.index === 0) ?? known.find((choice) => typeof choice.index !== 'number');
}

/** llama.cpp's count of what it has read of the prompt, what it had kept of an earlier one included. */
function promptProgressOf({ total, processed }: Record<string, unknown>): PromptProgress | undefined {
  const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);
  return isCount(total) && isCount(processed) && processed >= 0 && processed <= total
    ? { read: processed, total }
    : undefined;
}

/** A whole completion instead of chunks: the server ignored `stream`. */
function isWhole(value: Record<string, unknown>): boolean {
  return isRecord(firstChoice(value.choices)?.message);
}

/**
 * Takes out of a choice what only repeats (a chunk that repeats adds nothing): a `message` that sums up behind deltas, or a last
 * chunk that does; the same last chunk again; thinking that is told in its field and between tags in one chunk; blocks of
 * thinking that hold again all that was told of it.
 */
function createRepeats(): { without(choice: Record<string, unknown>, runs: TextRun[]): TextRun[] } {
  const said = { reasoning: createMemory(), content: createMemory() };
  let isMirrored = false;
  let isGrowing = false;
  let hasBegun = false;
  let ending: string | undefined;

  const remember = (runs: TextRun[]) => {
    said.reasoning.add(textIn(runs, true));
    said.content.add(textIn(runs, false));
    return runs;
  };
  const beyondSum = ({ reasoning, text }: TextRun): TextRun => {
    const isTold = reasoning && said.content.text().includes(text.trim());
    return { reasoning, text: isTold ? '' : tailBeyond((reasoning ? said.reasoning : said.content).text(), text) };
  };
  const beyondBlocks = (run: TextRun): TextRun => {
    if (!run.isBlock || run.text.length < said.reasoning.length()) return run;
    const before = said.reasoning.text();
    if (!run.text.startsWith(before)) return run;
    isGrowing ||= repeatsAll(before, run.text);
    return isGrowing || isSameTelling(before, run.text) ? { ...run, text: run.text.slice(before.length) } : run;
  };
  const beyondEnd = ({ reasoning, text }: TextRun): TextRun =>
    isSameTelling((reasoning ? said.reasoning : said.content).text(), text)
      ? { reasoning, text: '' }
      : { reasoning, text };

  return {
    without(choice, runs) {
      const [field, inline] = [textIn(runs, true), textIn(runs, false)];
      const isEnd = typeof choice.finish_reason === 'string' && choice.finish_reason !== '';
      const isIncrement = !isEnd && !isRecord(choice.message) && !runs.some((run) => run.isBlock);
      // one text and a plain increment, as nearly every chunk is: nothing in it can repeat
      if (isIncrement && isRecord(choice.delta) && (field === '' || inline === '')) {
        hasBegun = true;
        said.reasoning.add(field);
        said.content.add(inline);
        return runs;
      }
      if (isSumOf(choice, runs) && said.reasoning.text() + said.content.text() !== '')
        return remember(runs.map(beyondSum));
      if (isEnd) {
        // some servers call every chunk the last
        const isRepeated = hasBegun && ending === field + inline && ending !== '';
        ending = field + inline;
        if (isRepeated) return [];
      }
      const fresh = runs.map(beyondBlocks);
      const own = textIn(fresh, true);
      isMirrored ||= isMirror(own, said.reasoning.text() === '' ? said.content.text() + inline : inline);
      const rest = isMirrored && inline.includes(own.trim()) ? fresh.filter((run) => !run.reasoning) : fresh;
      return remember(isEnd ? rest.map(beyondEnd) : rest);
    },
  };
}

/** Whether a choice sums up: a message instead of a delta, or a delta that says what the message beside it does. */
function isSumOf(choice: Record<string, unknown>, runs: readonly TextRun[]): boolean {
  if (!isRecord(choice.message)) return false;
  const whole = runsOfHolder(choice.message);
  return textIn(whole, true) === textIn(runs, true) && textIn(whole, false) === textIn(runs, false);
}

const piecesJoined = 256;

/** A text that is seldom read: pieces are joined many at once, for a tree of all of them is many times as large. */
function createMemory(): { add(piece: string): void; text(): string; length(): number } {
  let text = '';
  let length = 0;
  let pieces: string[] = [];
  const join = () => {
    text += pieces.join('');
    pieces = [];
    return text;
  };
  return {
    add(piece) {
      length += piece.length;
      if (piece !== '') pieces.push(piece);
      if (pieces.length >= piecesJoined) join();
    },
    text: join,
    length: () => length,
  };
}

const openingTag =
  /^\s*(?:<(?:seed:)?think(?:ing)?>|<thought>|\[THINK\]|◁think▷|<\|channel\|?>(?:analysis<\|message\|>|thought))\s*/;

/** Whether a chunk tells one thought twice: in the field, and inline behind its opening tag. */
function isMirror(field: string, inline: string): boolean {
  const thought = field.trim();
  return thought !== '' && openingTag.test(inline) && inline.replace(openingTag, '').startsWith(thought);
}

/** What a summing-up text has beyond what came before it; nothing where it tells it in another way. */
function tailBeyond(before: string, text: string): string {
  return text.startsWith(before) ? text.slice(before.length) : '';
}

/**
 * Real increments may begin alike, but hardly with all that came before them: with a blank in it, or where what follows is
 * something else than the same again.
 */
function repeatsAll(before: string, text: string): boolean {
  if (text.length <= before.length || !text.startsWith(before)) return false;
  if (before.length >= 8 && /\s/.test(before)) return true;
  const more = text.slice(before.length);
  return /\p{L}{2}/u.test(before) && !/^[\p{L}\p{N}]/u.test(more) && !more.includes(before.trim());
}

/** Whether a text is all that came before it, told again; a laugh is no telling. */
function isSameTelling(before: string, text: string): boolean {
  return text.length >= 8 && text === before && (text + text).indexOf(text, 1) === text.length;
}

function textIn(runs: readonly TextRun[], reasoning: boolean): string {
  let text = '';
  for (const run of runs) if (run.reasoning === reasoning) text += run.text;
  return text;
}

const usualInChoice = new Set(['index', 'delta', 'message', 'text', 'logprobs', 'finish_reason']);

/** The texts of a choice, reasoning first unless its parts say otherwise. */
function runsOf(choice: Record<string, unknown>): TextRun[] {
  const { delta, message } = choice;
  const runs = isRecord(delta) ? runsOfHolder(delta) : [];
  const holdsText = runs.some((run) => run.text !== '');
  if (!holdsText && isRecord(message)) return runsOfHolder(message);
  if (!isRecord(delta) && typeof choice.text === 'string') runs.push({ reasoning: false, text: choice.text });
  if (runs.some((run) => run.reasoning && run.text !== '')) return runs;
  // beside the delta, or beside the text of a completion
  const others = Object.entries(choice).filter(([name]) => !usualInChoice.has(name));
  const beside = others.length > 0 ? thinkingOf(Object.fromEntries(others)) : undefined;
  return beside ? [{ reasoning: true, ...beside }, ...runs] : runs;
}

function runsOfHolder(delta: Record<string, unknown>): TextRun[] {
  const runs: TextRun[] = [];
  // The same text may be in several of these: the first that holds any is the one.
  const reasoning = thinkingOf(delta);
  if (!reasoning && isMarkedThought(delta)) return [{ reasoning: true, text: stringOf(delta.content) }];
  if (reasoning) runs.push({ reasoning: true, ...reasoning });
  const content = delta.content ?? delta.parts;
  if (typeof content === 'object' && content !== null) {
    const parts = partsIn(content).flatMap(runOfPart);
    runs.push(...(reasoning ? parts.filter((part) => !part.reasoning) : parts));
  } else {
    runs.push({ reasoning: false, text: stringOf(content) });
  }
  runs.push({ reasoning: false, text: stringOf(delta.refusal) });
  return runs;
}

/** A list of parts, one part, or Gemini's own object of parts. */
function partsIn(content: object): unknown[] {
  if (Array.isArray(content)) return content;
  return isRecord(content) && Array.isArray(content.parts) ? content.parts : [content];
}

/** Fields that hold thinking, by whoever calls them so; the usual ones first. */
const thinkingFields = [
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'reasoning_text',
  'thinking_blocks',
  'thinking',
];
/** A name that nobody has told us of, and that can hold nothing else. */
const soundsLikeThinking = /reasoning|think|thought|chain_?of_?thought|(?:^|_)cot(?:$|_)|^analysis$/i;
/** What is told about thinking, and is none. */
const isAboutThinking =
  /signature|effort|id$|format|tokens?$|budget|level|mode$|stat(?:e|us)$|type$|time|duration|index|enabled|done|encrypted|redacted|^is_/i;
/** Where gateways and clients put what they do not know. */
const wrappers = ['provider_specific_fields', 'model_extra', 'additional_kwargs', 'extra_fields'];

/** The thinking of a delta; a block is no plain text, and may hold again what came before it. */
function thinkingOf(delta: Record<string, unknown>): { text: string; isBlock?: true } | undefined {
  for (const name of thinkingFields) {
    const found = thinkingIn(delta[name]);
    if (found) return found;
  }
  for (const [name, value] of Object.entries(delta)) {
    if (thinkingFields.includes(name) || !soundsLikeThinking.test(name) || isAboutThinking.test(name)) continue;
    const found = thinkingIn(value);
    if (found) return found;
  }
  for (const name of wrappers) {
    const inside = delta[name];
    const found = isRecord(inside) ? thinkingOf({ ...inside, ...noWrappers }) : undefined;
    if (found) return found;
  }
  return undefined;
}

const noWrappers = Object.fromEntries(wrappers.map((name) => [name, undefined]));

function thinkingIn(value: unknown): { text: string; isBlock?: true } | undefined {
  const text = textInside(value);
  if (text === '') return undefined;
  return typeof value === 'string' ? { text } : { text, isBlock: true };
}

/** Text of a chunk in which nothing was read: beside its choices, in its choice, in the delta. */
function unreadIn(value: Record<string, unknown>, choice: Record<string, unknown> | undefined): UnreadText[] {
  const delta = isRecord(choice?.delta) ? choice.delta : isRecord(choice?.message) ? choice.message : undefined;
  return [
    ...findUnreadText(value, ['choices']),
    ...(choice ? findUnreadText(choice, ['delta', 'message']) : []),
    ...(delta ? findUnreadText(delta) : []),
  ];
}

/** Names under which an object of thinking holds its text. */
const textNames =
  'text thinking think content reasoning summary parts steps delta reasoning_content reasoning_text reasoningText'.split(
    ' ',
  );

/** A text, an object that holds it under one of the usual names, or a list of these; encrypted ones hold none. */
function textInside(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (depth > 4) return '';
  if (Array.isArray(value)) return value.map((item) => textInside(item, depth + 1)).join('');
  if (!isRecord(value)) return '';
  for (const name of textNames) {
    const text = textInside(value[name], depth + 1);
    if (text !== '') return text;
  }
  return '';
}

/** Gemini, spoken to in OpenAI's way, marks a text as thought beside it. */
function isMarkedThought(delta: Record<string, unknown>): boolean {
  const { extra_content: extra } = delta;
  const google = isRecord(extra) && isRecord(extra.google) ? extra.google : undefined;
  return delta.thought === true || google?.thought === true;
}

/** A part of a content list: text, or thinking as text or as a list of texts. */
function runOfPart(part: unknown): TextRun[] {
  if (!isRecord(part)) return typeof part === 'string' ? [{ reasoning: false, text: part }] : [];
  const isThinking =
    (typeof part.type === 'string' && soundsLikeThinking.test(part.type)) ||
    isMarkedThought(part) ||
    (typeof part.text !== 'string' && part.thinking !== undefined);
  if (isThinking) return [{ reasoning: true, text: textInside(part), isBlock: true }];
  return typeof part.text === 'string' ? [{ reasoning: false, text: part.text }] : [];
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
