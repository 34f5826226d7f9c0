import { parentPort } from 'node:worker_threads';
import { AppError } from '../errors.ts';
import { ImportProblem } from '../import/foreign.ts';
import { parseImport } from '../import/parse-import.ts';
import type { ImportReply, ImportRequest } from './import-file.ts';
import { decodeText, parseJson } from './read-body.ts';

parentPort?.on('message', ({ bytes, now }: ImportRequest) => {
  parentPort?.postMessage(reply(bytes, now));
});

function reply(bytes: Uint8Array, now: number): ImportReply {
  try {
    return { parsed: parseImport(parseFile(bytes), now) };
  } catch (error) {
    if (error instanceof AppError) return { refusal: { code: error.code, message: error.message } };
    if (error instanceof ImportProblem) return { refusal: { code: 'bad_request', message: wordsOf(error) } };
    throw error;
  }
}

/** @throws AppError `bad_request`, in words about a file: a person chose one, and knows of no body. */
function parseFile(bytes: Uint8Array): unknown {
  try {
    return parseJson(decodeText(bytes));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const words = error.message.replace(/^The body/, 'The file').replace(/\.$/, '');
    throw new AppError(error.code, `${words}; it may be cut off, or of another kind. Nothing was imported.`);
  }
}

function wordsOf({ path, message }: ImportProblem): string {
  const place = path.length > 0 ? `In the file, "${path.map(String).join('.').slice(0, 200)}" ` : 'The file ';
  const words = /^(?:is|has|holds|must|names|puts)\b/.test(message) ? message : `is not right: ${message}`;
  return `${place}${words.slice(0, 300)}. Nothing was imported.`;
}
