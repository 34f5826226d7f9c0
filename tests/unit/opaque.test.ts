import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type SignedBlock, signedBlocksOf } from '../../lib/opaque.ts';
import { renderPrompt } from '../../lib/prompts/history.ts';
import { generate } from '../../lib/server/generation/generate.ts';
import type { ProviderPart } from '../../lib/model.ts';
import type { Segment, StreamPart } from '../../lib/stream-part.ts';
import { applyStreamParts, emptyMessageState } from '../../lib/stream-part.ts';
import { plainModel } from '../fakes/model.ts';

/** The message that comes of these parts, and the parts it was told in. */
async function segmentsFrom(parts: readonly ProviderPart[]) {
  const told: StreamPart[] = [];
  const { state } = await generate({
    adapter: {
      async *ask() {
        yield* parts;
        yield { type: 'finish', reason: 'stop' };
      },
    },
    request: { model: plainModel, messages: [], sampling: {}, signal: new AbortController().signal },
    splitter: { startsInReasoning: false },
    now: () => 0,
    emit: (more) => told.push(...more),
  });
  assert.deepEqual(applyStreamParts(emptyMessageState, told).segments, state.segments);
  return state.segments;
}

const opaque = (kind: 'reasoning' | 'answer', text: string, data: unknown): ProviderPart => ({
  type: 'opaque',
  kind,
  text,
  protocol: 'p',
  data,
});

const signedBlock: fc.Arbitrary<SignedBlock> = fc.record(
  {
    kind: fc.constantFrom('reasoning', 'answer'),
    text: fc.oneof(
      fc.constantFrom('\n2 + 2', 'So it is 4.\n\n', ' ', 'x', '</think> is a tag', 'a\n\n\nb '),
      fc.string({ unit: 'grapheme', minLength: 1 }),
    ),
    data: fc.integer(),
  },
  { noNullPrototype: true },
);

test('blocks that are all signed come back to the character, in their order, however the splitter joined them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(signedBlock, { minLength: 1, maxLength: 6 }), async (blocks) => {
      const parts = blocks.flatMap(({ kind, text, data }): ProviderPart[] => [
        { type: kind === 'reasoning' ? 'reasoning' : 'content', text },
        opaque(kind, text, data),
      ]);
      const segments = await segmentsFrom(parts);
      if (segments.length === 0) return;
      const back = signedBlocksOf(segments)?.blocks.filter((block) => block.data !== undefined);
      assert.deepEqual(back, blocks);
    }),
  );
});

test('a thought that only the provider can read has no text and keeps its place', async () => {
  const segments = await segmentsFrom([
    opaque('reasoning', '', 'first'),
    { type: 'reasoning', text: 'Hm.' },
    opaque('reasoning', 'Hm.', 'signed'),
    { type: 'content', text: 'Four.' },
    opaque('reasoning', '', 'last'),
    { type: 'content', text: ' Surely.' },
  ]);
  assert.deepEqual(
    segments.map(({ kind, text }) => [kind, text]),
    [
      ['reasoning', 'Hm.'],
      ['answer', 'Four. Surely.'],
    ],
  );
  assert.deepEqual(signedBlocksOf(segments)?.blocks, [
    { kind: 'reasoning', text: '', data: 'first' },
    { kind: 'reasoning', text: 'Hm.', data: 'signed' },
    { kind: 'answer', text: 'Four.' },
    { kind: 'reasoning', text: '', data: 'last' },
    { kind: 'answer', text: ' Surely.' },
  ]);
});

test('what a segment carries stays with it while it grows, is taken back and is filed otherwise', () => {
  const mark = { at: 2, kind: 'reasoning', text: 'Hm', data: 1 } as const;
  const parts: StreamPart[] = [
    { type: 'delta', seg: 0, kind: 'answer', text: 'Hm' },
    { type: 'opaque', seg: 0, protocol: 'p', mark },
    { type: 'delta', seg: 0, kind: 'answer', text: '. ' },
    { type: 'retract', seg: 0, length: 3 },
    { type: 'reclassify', seg: 0, kind: 'reasoning' },
  ];
  const expected: Segment = { kind: 'reasoning', text: 'Hm.', opaque: { protocol: 'p', marks: [mark] } };
  assert.deepEqual(applyStreamParts(emptyMessageState, parts).segments, [expected]);
});

test('it is sent back only where the history policy sends thinking', () => {
  const signed = { protocol: 'p', blocks: [{ kind: 'reasoning' as const, text: 'Hm.', data: 1 }] };
  const turns = [{ question: 'a', answer: 'b', reasoning: 'Hm.', signed }];
  const common = { model: plainModel, template: 'chat' as const, systemPrompt: undefined, turns, question: 'c' };
  assert.equal(renderPrompt({ ...common, history: 'strip' }).messages[1]?.signed, undefined);
  assert.deepEqual(renderPrompt({ ...common, history: 'keep' }).messages[1]?.signed, signed);
});
