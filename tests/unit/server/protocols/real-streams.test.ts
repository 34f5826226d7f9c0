import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { joinPieces, type RawPiece } from '../../../../lib/raw-text.ts';
import { EchoRemover } from '../../../../lib/server/generation/echo.ts';
import { createStreamNormalizer } from '../../../../lib/server/protocols/openai/stream.ts';

/** What `npm run test:real -- --record` writes. */
interface Record {
  server: string;
  build: string;
  date: string;
  what: string;
  request: { messages?: { role: string; content: string; reasoning_content?: string }[] };
  given?: { reasoning: string; answer: string };
  sends: { reasoning: string; content: string };
  wire: string;
}

const folder = new URL('../../../fixtures/providers/real/', import.meta.url);
const records = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, record: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record }));

function read(bytes: Uint8Array, size: number): RawPiece[] {
  const pieces: RawPiece[] = [];
  const normalizer = createStreamNormalizer(
    ({ type, text }) => pieces.push({ field: type, text }),
    () => {},
  );
  for (let at = 0; at < bytes.length; at += size) normalizer.push(bytes.subarray(at, at + size));
  normalizer.end('eof');
  return joinPieces(pieces);
}

const textOf = (pieces: readonly RawPiece[], field: RawPiece['field']) =>
  pieces.map((piece) => (piece.field === field ? piece.text : '')).join('');

for (const { name, record } of records) {
  test(`${record.server} ${record.build}, ${record.date}: ${name} is read as it was sent, however it is cut`, () => {
    const bytes = new TextEncoder().encode(record.wire);
    for (const size of [7, 64, bytes.length]) {
      const pieces = read(bytes, size);
      assert.equal(textOf(pieces, 'reasoning'), record.sends.reasoning);
      assert.equal(textOf(pieces, 'content'), record.sends.content);
    }
  });
}

for (const { name, record } of records.filter(({ record: { given } }) => given)) {
  test(`${record.server} ${record.build}, ${record.date}: nothing of the beginning is there twice in ${name}`, () => {
    const last = record.request.messages?.at(-1);
    const begun: RawPiece[] = [
      { field: 'reasoning', text: last?.reasoning_content ?? '' },
      { field: 'content', text: last?.content ?? '' },
    ];
    const remover = new EchoRemover({
      pieces: begun.filter(({ text }) => text !== ''),
      reasoning: record.given?.reasoning ?? '',
      answer: record.given?.answer ?? '',
    });
    const news = read(new TextEncoder().encode(record.wire), 64).flatMap(({ field, text }) =>
      remover.push(field, text),
    );
    news.push(...remover.end(false));
    for (const field of ['reasoning', 'content'] as const) {
      const given = textOf(begun, field);
      const joined = given + textOf(news, field);
      if (given.trim().length > 12) assert.equal(joined.split(given.trim()).length, 2, joined);
    }
  });
}
