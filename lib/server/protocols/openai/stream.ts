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

/** A text of one kind, in the order it came. */
interface TextRun {
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
  const buffer = createTextBuffer(write, observe, sizes);
  let model = '';
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
    if (isRecord(value.timings)) observe({ type: 'timings', raw: boundedRecord(value.timings) });
    const usage = isRecord(value.usage) ? value.usage : isRecord(value.x_groq) ? value.x_groq.usage : undefined;
    if (isRecord(usage)) observe({ type: 'usage', raw: boundedRecord(usage) });

    const choice = firstChoice(value.choices);
    if (choice) {
      for (const run of runsOf(choice)) buffer.add(run.reasoning, run.text);
      if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') {
        observe({ type: 'finish', reason: cleanName(choice.finish_reason) });
      }
    }
    if (buffer.finished) return;
    const error = findUpstreamError(value) ?? (eventName === 'error' ? { message: JSON.stringify(value) } : undefined);
    if (error) buffer.finish({ type: 'error', error });
    else if (value.error === null || !Array.isArray(value.choices)) observe({ type: 'repaired', what: 'shape' });
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

/** A whole completion instead of chunks: the server ignored `stream`. */
function isWhole(value: Record<string, unknown>): boolean {
  return isRecord(firstChoice(value.choices)?.message);
}

/** The texts of a choice, reasoning first unless its parts say otherwise. */
function runsOf(choice: Record<string, unknown>): TextRun[] {
  const delta = isRecord(choice.delta) ? choice.delta : isRecord(choice.message) ? choice.message : undefined;
  if (!delta) return typeof choice.text === 'string' ? [{ reasoning: false, text: choice.text }] : [];
  const runs: TextRun[] = [];
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
function runOfPart(part: unknown): TextRun[] {
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
