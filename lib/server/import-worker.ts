import { parentPort } from 'node:worker_threads';
import { AppError } from '../errors.ts';
import { ImportProblem } from '../import/foreign.ts';
import { OddConversations, parseImport } from '../import/parse-import.ts';
import type { ImportReply, ImportRequest } from './import-file.ts';
import { decodeText, parseJson } from './read-body.ts';

parentPort?.on('message', (request: ImportRequest) => {
  parentPort?.postMessage(reply(request));
});

function reply({ bytes, now, leaveOutOdd }: ImportRequest): ImportReply {
  try {
    return { parsed: parseImport(parseFile(bytes), now, { leaveOutOdd }) };
  } catch (error) {
    if (error instanceof AppError) return { refusal: { code: error.code, message: error.message } };
    if (error instanceof OddConversations) {
      const { odd, others } = error;
      const words = `${odd === 1 ? 'One conversation' : `${odd} conversations`} in it cannot be read, ${others} can.`;
      return { refusal: { code: 'bad_request', message: `${words} ${wordsOf(error)}`, others } };
    }
    if (error instanceof ImportProblem) return { refusal: { code: 'bad_request', message: wordsOf(error) } };
    throw error;
  }
}

/** @throws AppError `bad_request`, in words about a file: a person chose one, and knows of no body. */
function parseFile(bytes: Uint8Array<ArrayBuffer>): unknown {
  if (holdsTooMuch(bytes)) {
    throw new AppError('too_large', 'The file holds more objects than can be read at once. Import it in pieces.');
  }
  try {
    const text = decodeText(bytes);
    bytes.buffer.transfer(0); // its memory is free from here on
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const words = error.message.replace(/^The body/, 'The file').replace(/\.$/, '');
    throw new AppError(error.code, `${words}; it may be cut off, or of another kind. Nothing was imported.`);
  }
}

/** Lists and objects in a file; each costs memory, however little it holds: 45 MB of `{}` would take 1.3 GB. */
const maxStructures = 750_000;
/** What stands between commas; 45 MB of short keys would take 0.5 GB. */
const maxValues = 2_500_000;

/** Counted in the bytes, before anything is made of them. */
function holdsTooMuch(bytes: Uint8Array): boolean {
  let structures = 0;
  let values = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === backslash) at++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === comma) values++;
    else if (byte === openBrace || byte === openBracket) structures++;
    if (structures > maxStructures || values > maxValues) return true;
  }
  return false;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const openBrace = 0x7b;

function wordsOf({ path, message }: ImportProblem): string {
  const place = path.length > 0 ? `In the file, "${path.map(String).join('.').slice(0, 200)}" ` : 'The file ';
  const words = /^(?:is|has|holds|must|names|puts)\b/.test(message) ? message : `is not right: ${message}`;
  return `${place}${words.slice(0, 300)}. Nothing was imported.`;
}
