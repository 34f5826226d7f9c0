import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { RawPiece } from '../../../../lib/raw-text.ts';
import { generate } from '../../../../lib/server/generation/generate.ts';
import { WholeCharacters } from '../../../../lib/server/generation/whole-characters.ts';
import { cleanText } from '../../../../lib/server/store/stored-text.ts';
import { applyStreamParts, emptyMessageState, type StreamPart } from '../../../../lib/stream-part.ts';
import { plainModel } from '../../../fakes/model.ts';

const units = fc.constantFrom('a', ' ', '\n', '<', 'think>', '\ud83d', '\ude00', '\ud83d\ude00', '\0', '字');
const texts = fc.array(units, { maxLength: 30 }).map((parts) => parts.join(''));

/** A text cut at any of its UTF-16 units. */
const cutTexts = fc.tuple(texts, fc.array(fc.nat(60), { maxLength: 8 })).map(([text, places]) => {
  const cuts = [...new Set([0, ...places.map((place) => place % (text.length + 1)), text.length])].sort(
    (a, b) => a - b,
  );
  return { text, pieces: cuts.slice(1).map((cut, i) => text.slice(cuts[i], cut)) };
});

const joined = (pieces: readonly RawPiece[]) => pieces.map(({ text }) => text).join('');

test('however a text is cut, it is what the store would have made of it, and never half a character', () => {
  fc.assert(
    fc.property(cutTexts, ({ text, pieces }) => {
      const characters = new WholeCharacters();
      const out = [...pieces.flatMap((piece) => characters.push('content', piece)), ...characters.end()];
      assert.equal(joined(out), cleanText(text));
      for (const piece of out) assert.ok(piece.text.isWellFormed() && piece.text !== '');
    }),
  );
});

test('a half that another field follows is alone; all else stays in its field and its order', () => {
  const field = fc.constantFrom('content' as const, 'reasoning' as const);
  fc.assert(
    fc.property(fc.array(fc.record({ field, text: texts }), { maxLength: 8 }), (said) => {
      const characters = new WholeCharacters();
      const out = [...said.flatMap(({ field, text }) => characters.push(field, text)), ...characters.end()];
      const runs: RawPiece[] = [];
      for (const { field, text } of said.filter((piece) => piece.text !== '')) {
        const last = runs.at(-1);
        if (last?.field === field) last.text += text;
        else runs.push({ field, text });
      }
      const merged: RawPiece[] = [];
      for (const { field, text } of out) {
        const last = merged.at(-1);
        if (last?.field === field) last.text += text;
        else merged.push({ field, text });
      }
      assert.deepEqual(
        merged,
        runs.map(({ field, text }) => ({ field, text: cleanText(text) })),
      );
    }),
  );
});

test('what is told live of an answer is what is stored of it, half characters too', async () => {
  await fc.assert(
    fc.asyncProperty(cutTexts, cutTexts, async (thought, answer) => {
      const told: StreamPart[] = [];
      const { state } = await generate({
        adapter: {
          async *ask() {
            for (const text of thought.pieces) yield { type: 'reasoning', text };
            for (const text of answer.pieces) yield { type: 'content', text };
            yield { type: 'finish', reason: 'stop' };
          },
        },
        request: { model: plainModel, messages: [], sampling: {}, signal: new AbortController().signal },
        splitter: { startsInReasoning: false },
        now: () => 0,
        emit: (parts) => told.push(...parts),
      });
      const live = applyStreamParts(emptyMessageState, told).segments;
      assert.deepEqual(live, state.segments);
      for (const part of told) if (part.type === 'delta') assert.ok(part.text.isWellFormed(), JSON.stringify(part));
      for (const { text } of live) assert.equal(text, cleanText(text));
    }),
    { numRuns: 200 },
  );
});
