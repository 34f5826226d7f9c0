import { cleanName, findUpstreamError } from '../../calls/errors.ts';
import { boundedRecord, isRecord, parseJson } from '../../calls/json.ts';
import {
  defaultSizes,
  type StreamFact,
  type StreamNormalizer,
  type StreamSizes,
  type WriteText,
} from '../../calls/stream-facts.ts';
import { type BodyReader, createNormalizer, createTextBuffer } from '../../calls/text-buffer.ts';
import { findUnreadText } from '../../calls/unread-text.ts';

/**
 * Cuts text into lines ended by LF, wherever the text is cut; a last one without is handed out too. (A CR before it is white space to JSON.)
 * @param maxLength in UTF-16 units; `tooLong` is called once and nothing follows.
 */
export function createLineReader(
  maxLength: number,
  handlers: { line(line: string): void; tooLong(): void },
): BodyReader {
  let begun = '';
  let stopped = false;
  return {
    push(text) {
      let from = 0;
      while (!stopped) {
        const end = text.indexOf('\n', from);
        const piece = text.slice(from, end < 0 ? undefined : end);
        if (begun.length + piece.length > maxLength) {
          stopped = true;
          begun = '';
          return handlers.tooLong();
        }
        begun += piece;
        if (end < 0) return;
        const line = begun;
        begun = '';
        from = end + 1;
        handlers.line(line);
      }
    },
    end() {
      if (!stopped && begun !== '') handlers.line(begun);
      begun = '';
    },
  };
}

const maxStray = 4_000;

/**
 * Reads the stream of Ollama's own API, one JSON object a line (`/api/chat`, `/api/generate`). Text goes to `write`, in as
 * few parts as what one read brought allows; all else becomes facts.
 */
export function createOllamaNormalizer(
  write: WriteText,
  observe: (fact: StreamFact) => void,
  sizes: StreamSizes = defaultSizes,
): StreamNormalizer {
  const buffer = createTextBuffer(write, observe, sizes);
  let model = '';
  let stray = '';
  let anyLine = false;
  let ending = false;

  const addText = (reasoning: boolean, text: unknown) => {
    if (typeof text === 'string') buffer.add(reasoning, text);
  };

  const lookForUnread = (value: Record<string, unknown>) => {
    const found = [
      ...findUnreadText(value, ['message']),
      ...(isRecord(value.message) ? findUnreadText(value.message) : []),
    ];
    for (const text of found) observe({ type: 'unread', ...text });
  };

  const takeObject = (value: Record<string, unknown>) => {
    const error = findUpstreamError({ error: value.error });
    if (error) return buffer.finish({ type: 'error', error });
    if (typeof value.model === 'string' && value.model !== '' && value.model !== model) {
      model = value.model;
      observe({ type: 'model', id: cleanName(model) });
    }
    const message = isRecord(value.message) ? value.message : { content: value.response, thinking: value.thinking };
    addText(true, message.thinking);
    addText(false, message.content);
    if (!isText(message.thinking) && !isText(message.content)) lookForUnread(value);
    if (value.done !== true || buffer.finished) return;
    const { prompt_eval_count, eval_count } = value;
    if (prompt_eval_count !== undefined || eval_count !== undefined) {
      observe({ type: 'usage', raw: countsOf(value) });
    }
    // Before there were reasons, the last line said no more than that it was done.
    observe({ type: 'finish', reason: typeof value.done_reason === 'string' ? cleanName(value.done_reason) : 'stop' });
    buffer.finish({ type: 'done' });
  };

  const reader = createLineReader(sizes.maxLine, {
    line(line) {
      if (buffer.finished) return;
      const text = line.trim();
      if (text === '') return observe({ type: 'keep-alive' });
      const value = parseJson(text);
      if (isRecord(value) && isOurs(value)) {
        anyLine = true;
        return takeObject(value);
      }
      if (!anyLine && stray.length < maxStray) stray += `${line}\n`;
      // At the very end it was cut off, which the missing end tells.
      if (anyLine && !ending) observe({ type: 'repaired', what: 'event' });
    },
    tooLong() {
      buffer.finish({ type: 'too-large', what: 'line' });
    },
  });

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
      if (how === 'reset') buffer.finish({ type: 'reset' });
      else if (!anyLine && stray.trim() !== '') {
        buffer.finish({ type: 'not-a-stream', text: stray.slice(0, maxStray) });
      }
    },
  });
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isOurs(value: Record<string, unknown>): boolean {
  return 'message' in value || 'response' in value || 'done' in value || 'error' in value;
}

/** The counts and durations of the last line. */
function countsOf(value: Record<string, unknown>): Record<string, unknown> {
  return boundedRecord(Object.fromEntries(Object.entries(value).filter(([, item]) => typeof item === 'number')));
}
