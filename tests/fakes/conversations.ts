import fc from 'fast-check';
import type { ExportedConversation, ExportedGeneration, ExportedMessage, ExportFile } from '../../lib/exported.ts';
import type { OpaqueMark } from '../../lib/opaque.ts';
import { createId } from '../../lib/ids.ts';
import type { Segment } from '../../lib/stream-part.ts';

/** A text as the store gives one back: any unit but NUL and halves of pairs. */
const text = fc
  .string({ unit: 'binary', maxLength: 60 })
  .map((value) => value.toWellFormed().replaceAll('\0', '\uFFFD'));
const word = fc.stringMatching(/^[a-z][a-z-]{0,10}$/);
const label = text.map((value) => value || 'M');
const count = fc.nat(1_000_000);
const ms = fc.integer({ min: 0, max: 4_000_000 }).map((n) => n / 8);
const moment = fc.integer({ min: 1, max: 4_000_000_000_000 });
/** Exact text may hold what parts cannot. */
const exactText = fc.oneof(text, fc.constantFrom('<think>\0\n', '\ud83d', '</think>\n\n'));

const mark: fc.Arbitrary<OpaqueMark> = fc.record({
  at: count,
  kind: fc.constantFrom('reasoning', 'answer'),
  text,
  data: fc.constantFrom({ anthropic: { signature: 'EqQB' } }, { google: { thoughtSignature: 'CiQB' } }),
});
const part: fc.Arbitrary<Segment> = fc.record(
  {
    kind: fc.constantFrom('reasoning', 'answer', 'discarded'),
    text,
    opaque: fc.record({ protocol: fc.constant('ai-sdk'), marks: fc.array(mark, { minLength: 1, maxLength: 2 }) }),
  },
  { requiredKeys: ['kind', 'text'] },
);

const notice = fc.oneof(
  fc.record({ code: fc.constant('events-left-out'), facts: fc.record({ provider: text, count }) }),
  fc.record({ code: fc.constant('repeating'), facts: fc.record({ stopped: fc.boolean() }) }),
  fc.record({
    code: fc.constant('retrying'),
    facts: fc.record({
      error: fc.record({ code: fc.constant('busy'), facts: fc.record({ provider: text }) }),
      attempt: count,
      waitMs: ms,
      until: ms,
    }),
  }),
  fc.record({ code: fc.constant('said'), facts: fc.record({ text, was: word }, { requiredKeys: ['text'] }) }),
);

const optional = { requiredKeys: [] as [] };

const generation: fc.Arbitrary<ExportedGeneration> = fc.record(
  {
    providerId: word,
    modelKey: label,
    modelId: label,
    providerLabel: label,
    modelLabel: label,
    recording: fc.boolean(),
    sampling: fc.record({ temperature: fc.constantFrom(0, 0.6, 1.5), maxTokens: fc.constant(100) }, optional),
    queuedAt: moment,
    times: fc.record({ firstByte: ms, reasoningStart: ms, reasoningEnd: ms, answerStart: ms, end: ms }, optional),
    usage: fc.record(
      {
        promptTokens: count,
        cachedPromptTokens: count,
        reasoningTokens: count,
        answerTokens: count,
        source: fc.constantFrom('reported', 'split', 'counted', 'estimated'),
      },
      { requiredKeys: ['reasoningTokens', 'answerTokens', 'source'] },
    ),
    notices: fc.array(notice, { maxLength: 2 }),
    finish: fc.record(
      {
        outcome: fc.constantFrom('complete', 'stopped', 'interrupted', 'failed'),
        reason: fc.constantFrom('stop', 'length', 'unknown'),
        rawReason: text,
        complete: fc.boolean(),
        answeredModel: label,
        cost: fc.constantFrom(0, 0.25, 1e-7),
        pricesAsOf: fc.constantFrom('2026-09', '2026-11-22'),
      },
      { requiredKeys: ['outcome', 'reason', 'complete'] },
    ),
    error: fc.record(
      {
        kind: fc.constantFrom('rate', 'busy'),
        code: fc.constantFrom('busy', 'withheld'),
        facts: fc.record({ provider: text }),
        detail: text,
        status: fc.constant(429),
      },
      { requiredKeys: ['kind', 'code', 'facts'] },
    ),
    health: fc.record(
      {
        format: fc.record({
          ok: fc.boolean(),
          basis: fc.constantFrom('tags', 'field'),
          problems: fc.constant(['no-answer']),
        }),
        rethinks: fc.record({
          count,
          places: fc.array(fc.record({ at: count, length: count, phrase: text }), { maxLength: 2 }),
        }),
      },
      { requiredKeys: ['rethinks'] },
    ),
    timeline: fc.constant({
      points: [
        [250, 3.5, 0],
        [400, 9, 2],
      ],
      stalls: [[0, 2500]],
      stallCount: 1,
    }),
    usageRaw: fc.constantFrom({ total_tokens: 3, details: { __proto__: null, of: [1, 'two'] } }, null, 7),
    request: fc.record({ url: fc.constant('https://provider.example/v1/chat/completions'), body: text }),
    raw: fc.array(fc.record({ field: fc.constantFrom('content', 'reasoning'), text: exactText }), { maxLength: 1 }),
    filedBefore: fc.array(part, { minLength: 1, maxLength: 3 }),
    origin: fc.constantFrom('chatgpt', 'open-webui'),
  },
  {
    requiredKeys: [
      'providerId',
      'modelKey',
      'modelId',
      'providerLabel',
      'modelLabel',
      'recording',
      'sampling',
      'queuedAt',
      'times',
      'notices',
      'finish',
    ],
  },
) as fc.Arbitrary<ExportedGeneration>; // words of vocabularies are told more narrowly than they are drawn

const files = fc.array(
  fc.constantFrom(
    { name: 'notes.txt', mediaType: 'text/plain' as const, content: 'Zürich <b>为什么</b>\n' },
    {
      name: 'dot.png',
      mediaType: 'image/png' as const,
      content: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABc3UBGAAAAABJRU5ErkJggg==',
    },
  ),
  { maxLength: 2 },
);

/** Where a message hangs: which thread, and which of the possible parents. */
const place = fc.record({
  thread: fc.nat(5),
  parent: fc.nat(1000),
  parts: fc.array(part, { maxLength: 3 }),
  files,
  generation,
});

/** Any conversation that the app could hold: branches, columns, discarded text, odd characters, copies. */
export const conversationArbitrary: fc.Arbitrary<ExportedConversation> = fc
  .record({
    title: text,
    createdAt: moment,
    updatedAt: moment,
    threads: fc.array(fc.record({ modelKey: label, systemPrompt: text, keeps: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    }),
    places: fc.array(place, { maxLength: 12 }),
    copies: fc.boolean(),
    marks: fc.record(
      { pinnedAt: moment, archivedAt: moment, titleSource: fc.constantFrom('question' as const, 'model' as const) },
      optional,
    ),
  })
  .map(({ title, createdAt, updatedAt, threads, places, copies, marks }) => {
    const own = threads.map(({ modelKey, systemPrompt, keeps }) => ({
      id: createId(),
      settings: {
        model: { providerId: 'replay', modelKey },
        systemPrompt,
        ...(keeps && { history: 'keep' as const }),
        sampling: { temperature: 0.5 },
      },
    }));
    const messages: ExportedMessage[] = [];
    for (const [i, { thread, parent, parts, generation: made, files }] of places.entries()) {
      const threadId = own[thread % own.length]?.id ?? '';
      const parents = [undefined, ...messages.filter((message) => message.threadId === threadId)];
      const before = parents[parent % parents.length];
      const role = before?.role === 'user' ? 'assistant' : 'user';
      const base = {
        id: createId(),
        threadId,
        parentId: before?.id ?? null,
        role,
        parts,
        createdAt: createdAt + i,
      } as const;
      const earlier = messages.find((message) => message.generation)?.id;
      const copiedFrom = copies ? (earlier ?? createId()) : undefined;
      const sibling = messages.find((message) => message.generation && message.parentId === base.parentId)?.id;
      const { raw, ...rest } = made;
      // Neighbours of one field are one piece, and an empty one is none.
      const pieces = raw?.filter((piece) => piece.text !== '');
      const generationOf = {
        ...rest,
        ...(pieces && { raw: pieces }),
        ...(sibling && { continues: sibling }),
        ...(copiedFrom && { copiedFrom }),
      };
      const withFiles = files.length > 0 && role === 'user' ? { ...base, attachments: files } : base;
      messages.push(role === 'assistant' ? { ...base, generation: generationOf } : withFiles);
    }
    const shown = messages[places.length >> 1];
    const withLeaf = own.map((thread) => ({ ...thread, ...(shown?.threadId === thread.id && { leafId: shown.id }) }));
    return { id: createId(), title, createdAt, updatedAt, ...marks, threads: withLeaf, messages };
  });

/** The same with ids by the order in which they come, so that two that differ in their ids alone are equal. */
export function withPlainIds(file: ExportFile): unknown {
  const names = new Map<string, string>();
  for (const conversation of file.conversations) {
    for (const { id } of [conversation, ...conversation.threads, ...conversation.messages])
      names.set(id, `#${names.size}`);
  }
  const { exportedAt: _at, ...rest } = file;
  const idFields = new Set(['id', 'threadId', 'parentId', 'leafId', 'continues', 'copiedFrom']);
  return JSON.parse(JSON.stringify(rest), (key, value: unknown) =>
    idFields.has(key) && typeof value === 'string' ? (names.get(value) ?? value) : value,
  );
}
