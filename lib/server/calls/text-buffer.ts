import { isAscii } from 'node:buffer';
import type { StreamFact, StreamNormalizer, StreamSizes, WriteText } from './stream-facts.ts';

/** What a stream brought and is not handed on yet: its texts in their order, up to the size of an answer. */
export interface TextBuffer {
  /** Takes a text, unless nothing further is taken. */
  add(reasoning: boolean, text: string): void;
  /** Hands on what has been added, neighbours of one kind as one part. */
  flush(): void;
  /** The last fact: nothing further is taken. */
  finish(fact: StreamFact): void;
  readonly finished: boolean;
}

/** Gathers the text of one answer. What passes the limit is cut there, and told as `too-large`. */
export function createTextBuffer(
  write: WriteText,
  observe: (fact: StreamFact) => void,
  { maxAnswer }: Pick<StreamSizes, 'maxAnswer'>,
): TextBuffer {
  let runs: { reasoning: boolean; text: string; events: number[] }[] = [];
  let answerBytes = 0;
  let finished = false;

  const finish = (fact: StreamFact) => {
    finished = true;
    observe(fact);
  };

  return {
    add(reasoning, text) {
      if (text === '' || finished) return;
      const room = maxAnswer - answerBytes;
      const bytes = Buffer.byteLength(text);
      const kept = bytes <= room ? text : cutToBytes(text, room);
      answerBytes += bytes;
      const last = runs.at(-1);
      if (last?.reasoning === reasoning) {
        last.text += kept;
        last.events.push(kept.length);
      } else if (kept !== '') runs.push({ reasoning, text: kept, events: [kept.length] });
      observe({ type: 'text', reasoning, visible: /\S/.test(kept) });
      if (bytes > room) finish({ type: 'too-large', what: 'answer' });
    },
    flush() {
      for (const { reasoning, text, events } of runs)
        write({ type: reasoning ? 'reasoning' : 'content', text }, events);
      runs = [];
    },
    finish,
    get finished() {
      return finished;
    },
  };
}

/** Reads text for a buffer, wherever it is cut. */
export interface BodyReader {
  push(text: string): void;
  /** The text is over; what it held back is read too. */
  end(): void;
}

/**
 * A normalizer over a reader and the buffer it fills: bytes become text, and what one read brought is handed on at once.
 * @param atEnd called when the body is over and nothing has finished it.
 */
export function createNormalizer(
  buffer: TextBuffer,
  {
    reader,
    observe,
    atEnd,
  }: {
    reader: BodyReader;
    observe: (fact: StreamFact) => void;
    atEnd: (how: 'eof' | 'reset') => void;
  },
): StreamNormalizer {
  const decode = createDecoder();
  let anyByte = false;
  let over = false;
  return {
    push(bytes) {
      if (over || buffer.finished || bytes.length === 0) return;
      if (!anyByte) {
        anyByte = true;
        observe({ type: 'first-byte' });
      }
      reader.push(decode(bytes));
      buffer.flush();
    },
    end(how) {
      if (!over && !buffer.finished) {
        reader.push(decode());
        reader.end();
        if (!buffer.finished) atEnd(how);
      }
      over = true;
      buffer.flush();
    },
    get finished() {
      return over || buffer.finished;
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

/** The beginning of a text, in whole characters. */
function cutToBytes(text: string, bytes: number): string {
  return Buffer.from(text)
    .subarray(0, Math.max(0, bytes))
    .toString()
    .replace(/\uFFFD+$/, '');
}
