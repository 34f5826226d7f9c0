import { isAscii } from 'node:buffer';
import { cleanName, findUpstreamError, isRecord, type UpstreamError } from '../../calls/errors.ts';
import type { ProviderPart } from '../../../model.ts';
import { createSseReader } from '../../calls/sse-reader.ts';

/** What a stream tells beside its text, in the order it was found. */
export type StreamFact =
  /** Some byte of the body has come. */
  | { type: 'first-byte' }
  /** A comment or blank line: the server lives. */
  | { type: 'keep-alive' }
  /** Text was passed on. */
  | { type: 'text'; reasoning: boolean; visible: boolean }
  | { type: 'model'; id: string }
  /** The provider's own word for why it ended. */
  | { type: 'finish'; reason: string }
  /** Token counts, verbatim but bounded; cumulative, so the last one counts. */
  | { type: 'usage'; raw: Record<string, unknown> }
  /** llama.cpp's own timings. */
  | { type: 'timings'; raw: Record<string, unknown> }
  /** `[DONE]` */
  | { type: 'done' }
  | { type: 'error'; error: UpstreamError }
  /** `shape`: mended without loss. `event`: could not be read and was left out. `whole`: came in one piece, not as a stream. */
  | { type: 'repaired'; what: 'shape' | 'event' | 'whole' }
  /** A limit was passed; reading stops here. */
  | { type: 'too-large'; what: 'line' | 'answer' }
  /** The body was no stream of events; `text` is how it begins. */
  | { type: 'not-a-stream'; text: string }
  /** The connection broke while the body was read. */
  | { type: 'reset' };

/** Bounds of what is read; lengths in bytes of UTF-8, lines in UTF-16 units. */
export interface StreamSizes {
  maxLine: number;
  maxAnswer: number;
}

export const defaultSizes: StreamSizes = { maxLine: 1024 * 1024, maxAnswer: 4 * 1024 * 1024 };

export interface StreamNormalizer {
  /** Takes what one read brought, and writes its text in as few parts as its order allows, at once. */
  push(bytes: Uint8Array): void;
  /** The body is over, properly or not; writes the rest. */
  end(how: 'eof' | 'reset'): void;
  /** Nothing further is read: `[DONE]`, an error or a limit has passed. */
  readonly finished: boolean;
}

/** Where text goes. */
export type WriteText = (part: Extract<ProviderPart, { type: 'reasoning' | 'content' }>) => void;

/** A stretch of text of one kind, in the order it came. */
export interface Run {
  reasoning: boolean;
  text: string;
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
  const decode = createDecoder();
  let runs: Run[] = [];
  let model = '';
  let stray = '';
  let anyEvent = false;
  let anyByte = false;
  let answerBytes = 0;
  let finished = false;
  let ending = false;

  /** An event that cannot be read. At the very end it was cut off, which the missing finish reason tells. */
  const leaveOut = () => {
    if (!ending) observe({ type: 'repaired', what: 'event' });
  };

  const finish = (fact: StreamFact) => {
    finished = true;
    observe(fact);
  };

  const addText = (reasoning: boolean, text: string) => {
    if (text === '' || finished) return;
    const room = sizes.maxAnswer - answerBytes;
    const bytes = Buffer.byteLength(text);
    const kept = bytes <= room ? text : cutToBytes(text, room);
    answerBytes += bytes;
    const last = runs.at(-1);
    if (last?.reasoning === reasoning) last.text += kept;
    else if (kept !== '') runs.push({ reasoning, text: kept });
    observe({ type: 'text', reasoning, visible: /\S/.test(kept) });
    if (bytes > room) finish({ type: 'too-large', what: 'answer' });
  };

  const takeChunk = (value: unknown, eventName: string) => {
    if (!isRecord(value)) return leaveOut();
    if (typeof value.model === 'string' && value.model !== '' && value.model !== model) {
      model = value.model;
      observe({ type: 'model', id: cleanName(model) });
    }
    if (isRecord(value.timings)) observe({ type: 'timings', raw: boundedRecord(value.timings) });
    const usage = isRecord(value.usage) ? value.usage : isRecord(value.x_groq) ? value.x_groq.usage : undefined;
    if (isRecord(usage)) observe({ type: 'usage', raw: boundedRecord(usage) });

    const choice = firstChoice(value.choices);
    if (choice) {
      for (const run of runsOf(choice)) addText(run.reasoning, run.text);
      if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') {
        observe({ type: 'finish', reason: cleanName(choice.finish_reason) });
      }
    }
    if (finished) return;
    const error = findUpstreamError(value) ?? (eventName === 'error' ? { message: JSON.stringify(value) } : undefined);
    if (error) finish({ type: 'error', error });
    else if (value.error === null || !Array.isArray(value.choices)) observe({ type: 'repaired', what: 'shape' });
  };

  const reader = createSseReader(sizes.maxLine, {
    event(name, data) {
      if (finished) return;
      anyEvent = true;
      const text = data.trim();
      if (text === '[DONE]') return finish({ type: 'done' });
      if (text === '') return observe({ type: 'keep-alive' });
      const value = parseJson(text);
      if (value !== undefined) return takeChunk(value, name);
      if (name === 'error') return finish({ type: 'error', error: { message: text } });
      leaveOut();
    },
    keepAlive() {
      if (!finished) observe({ type: 'keep-alive' });
    },
    stray(line) {
      if (finished) return;
      const value = line.startsWith('{') ? parseJson(line) : undefined;
      if (isRecord(value) && (findUpstreamError(value) || Array.isArray(value.choices))) {
        if (!anyEvent && isWhole(value)) observe({ type: 'repaired', what: 'whole' });
        anyEvent = true;
        return takeChunk(value, '');
      }
      if (stray.length + line.length < maxStray) stray += `${line}\n`;
    },
    tooLong() {
      finish({ type: 'too-large', what: 'line' });
    },
  });

  /** A body that held no event: a JSON document over several lines, a web page, plain words. */
  const takeDocument = (text: string) => {
    const value = parseJson(text);
    if (isRecord(value) && (findUpstreamError(value) || Array.isArray(value.choices))) {
      if (isWhole(value)) observe({ type: 'repaired', what: 'whole' });
      takeChunk(value, '');
    } else {
      finish({ type: 'not-a-stream', text: text.slice(0, 4000) });
    }
  };

  const flush = () => {
    for (const { reasoning, text } of runs) write({ type: reasoning ? 'reasoning' : 'content', text });
    runs = [];
  };

  return {
    push(bytes) {
      if (finished || bytes.length === 0) return;
      if (!anyByte) {
        anyByte = true;
        observe({ type: 'first-byte' });
      }
      reader.push(decode(bytes));
      flush();
    },
    end(how) {
      if (!finished) {
        reader.push(decode());
        ending = true;
        reader.end();
        if (!anyEvent && stray.trim() !== '' && !finished) takeDocument(stray);
        if (how === 'reset' && !finished) observe({ type: 'reset' });
      }
      finished = true;
      flush();
    },
    get finished() {
      return finished;
    },
  };
}

/**
 * UTF-8 in pieces: drops a byte order mark, joins split characters; without bytes it gives what was left of one. Most pieces
 * are ASCII and need none of that, which is ten times as cheap.
 */
export function createDecoder(): (bytes?: Uint8Array) => string {
  const decoder = new TextDecoder();
  /** The decoder holds no half of a character, and what begins now is not the beginning. */
  let isBetween = false;
  return (bytes) => {
    if (!bytes) return decoder.decode();
    if (isBetween && isAscii(bytes)) return bufferOf(bytes).toString('latin1');
    const text = decoder.decode(bytes, { stream: true });
    isBetween = (bytes.at(-1) ?? 0x80) < 0x80;
    return text;
  };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The choice with index 0, or the first that has no index; others belong to `n` > 1, which we never ask for. */
function firstChoice(choices: unknown): Record<string, unknown> | undefined {
  if (!Array.isArray(choices)) return undefined;
  const known = choices.filter(isRecord);
  return known.find((choice) => choice.index === 0) ?? known.find((choice) => typeof choice.index !== 'number');
}

/** A whole completion instead of chunks: the server ignored `stream`. */
function isWhole(value: Record<string, unknown>): boolean {
  return isRecord(firstChoice(value.choices)?.message);
}

/** The texts of a choice, reasoning first unless its parts say otherwise. */
function runsOf(choice: Record<string, unknown>): Run[] {
  const delta = isRecord(choice.delta) ? choice.delta : isRecord(choice.message) ? choice.message : undefined;
  if (!delta) return typeof choice.text === 'string' ? [{ reasoning: false, text: choice.text }] : [];
  const runs: Run[] = [];
  // The same text may be in several of these: the first that holds any is the one.
  const reasoning =
    stringOf(delta.reasoning_content) || stringOf(delta.reasoning) || detailsOf(delta.reasoning_details);
  if (reasoning !== '') runs.push({ reasoning: true, text: reasoning });
  if (Array.isArray(delta.content)) {
    const parts = delta.content.flatMap(runOfPart);
    runs.push(...(reasoning === '' ? parts : parts.filter((part) => !part.reasoning)));
  } else {
    runs.push({ reasoning: false, text: stringOf(delta.content) });
  }
  runs.push({ reasoning: false, text: stringOf(delta.refusal) });
  return runs;
}

/** A part of a content list: text, or thinking as text or as a list of texts. */
function runOfPart(part: unknown): Run[] {
  if (!isRecord(part)) return [];
  if (part.type === 'thinking' || part.type === 'reasoning') {
    const thinking = part.thinking ?? part.text;
    const text = Array.isArray(thinking)
      ? thinking.map((piece) => (isRecord(piece) ? stringOf(piece.text) : stringOf(piece))).join('')
      : stringOf(thinking);
    return [{ reasoning: true, text }];
  }
  return typeof part.text === 'string' ? [{ reasoning: false, text: part.text }] : [];
}

/** OpenRouter's list: `text` of a trace, `summary` of a summarised one; encrypted ones hold neither. */
function detailsOf(details: unknown): string {
  if (!Array.isArray(details)) return '';
  return details.map((detail) => (isRecord(detail) ? stringOf(detail.text) || stringOf(detail.summary) : '')).join('');
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Undefined when it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Numbers, flags and short words of an object, two levels deep: a provider's counts without anything it may smuggle in. */
export function boundedRecord(value: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const entries = Object.entries(value)
    .filter(([key]) => key.length <= 64 && key !== '__proto__')
    .slice(0, 40)
    .flatMap(([key, item]): [string, unknown][] => {
      if (item === null || typeof item === 'number' || typeof item === 'boolean') return [[key, item]];
      if (isRecord(item) && depth < 2) return [[key, boundedRecord(item, depth + 1)]];
      return [];
    });
  return Object.fromEntries(entries);
}

/** The beginning of a text, in whole characters. */
export function cutToBytes(text: string, bytes: number): string {
  return Buffer.from(text)
    .subarray(0, Math.max(0, bytes))
    .toString()
    .replace(/\uFFFD+$/, '');
}
