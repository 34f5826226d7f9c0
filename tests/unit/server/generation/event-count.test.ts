import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ReasoningSplitter } from '@thinkglass/splitter';
import type { RawField } from '../../../../lib/raw-text.ts';
import { EventCount } from '../../../../lib/server/generation/event-count.ts';
import type { Segment } from '../../../../lib/stream-part.ts';
import { accountUsage, areTokens } from '../../../../lib/usage.ts';

type Token = [field: RawField, text: string];

/** What comes of tokens that are sent one an event, `together` of them in one read. */
function countOf(tokens: readonly Token[], together: readonly number[] = [1], begun: readonly Token[] = []) {
  const count = new EventCount();
  const splitter = new ReasoningSplitter({ startsInReasoning: 'auto' });
  for (const [field, text] of begun) {
    count.begin(field, text);
    splitter.push({ [field]: text });
  }
  for (let at = 0, read = 0; at < tokens.length; read++) {
    const size = together[read % together.length] ?? 1;
    for (const run of runsOf(tokens.slice(at, at + size))) {
      count.take(run.field, run.text, run.events);
      splitter.push({ [run.field]: run.text });
    }
    at += size;
  }
  splitter.end('stop');
  const segments: Segment[] = splitter.result().segments.map(([kind, text]) => ({ kind, text }));
  return { events: count.finish(segments), segments };
}

function runsOf(tokens: readonly Token[]) {
  const runs: { field: RawField; text: string; events: number[] }[] = [];
  for (const [field, text] of tokens) {
    const last = runs.at(-1);
    if (last?.field === field) {
      last.text += text;
      last.events.push(text.length);
    } else runs.push({ field, text, events: [text.length] });
  }
  return runs;
}

const word = fc.constantFrom(' 5', ' +', ' 7', ' *', ' Wait', ',', ' so', '.', ' 26');
const words = fc.array(word, { minLength: 3, maxLength: 60 });
const reads = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
const of = (field: RawField, texts: readonly string[]): Token[] => texts.map((text) => [field, text]);

test('thinking in a field of its own has as many tokens as events, however they are read together', () => {
  fc.assert(
    fc.property(words, words, reads, (thought, answer, together) => {
      const { events } = countOf([...of('reasoning', thought), ...of('content', answer)], together);
      assert.deepEqual(events, { reasoning: thought.length, answer: answer.length, other: 0, isFine: true });
    }),
  );
});

test('thinking between tags too; the tags are neither thinking nor answer', () => {
  fc.assert(
    fc.property(words, words, reads, fc.boolean(), (thought, answer, together, tagged) => {
      const said = tagged ? ['<answer>', ...answer, '</answer>'] : answer;
      const { events } = countOf(of('content', ['<think>', ...thought, '</think>', ...said]), together);
      assert.deepEqual(events, {
        reasoning: thought.length,
        answer: answer.length,
        other: tagged ? 4 : 2,
        isFine: true,
      });
    }),
  );
});

test('of an answer that is gone on with, only what is new is counted', () => {
  fc.assert(
    fc.property(words, words, words, reads, (thought, more, answer, together) => {
      const begun = of('content', ['<think>', ...thought]);
      const { events } = countOf(of('content', [...more, '</think>', ...answer]), together, begun);
      assert.equal(events?.reasoning, more.length);
      assert.equal(events.answer, answer.length);
    }),
  );
});

test('thinking, answer and what is neither make up the total, and the source is told truly', () => {
  fc.assert(
    fc.property(words, words, reads, fc.integer({ min: -8, max: 40 }), (thought, answer, together, beyond) => {
      const tokens = [...of('reasoning', thought), ...of('content', answer)];
      const { events, segments } = countOf(tokens, together);
      assert.ok(events);
      const outputTokens = Math.max(1, tokens.length + beyond);
      const usage = accountUsage({
        reported: { outputTokens },
        reasoningText: segments[0]?.text ?? '',
        answerText: segments[1]?.text ?? '',
        events,
      });
      assert.equal(usage.reasoningTokens + usage.answerTokens, outputTokens);
      const isExact = beyond >= 0 && beyond <= 6;
      assert.equal(usage.source, isExact ? 'events' : 'split');
      if (!isExact) return;
      assert.equal(usage.reasoningTokens, thought.length);
      assert.equal(usage.answerTokens - (usage.otherTokens ?? 0), answer.length);
    }),
  );
});

test('an event of several words is no token, whatever the total says', () => {
  const { events } = countOf(of('reasoning', ['First I halve', ' ninety, then', ' I add three', ' and I', ' am done']));
  assert.equal(events?.isFine, false);
  assert.equal(areTokens(events, 6), false);
});

test('what was stopped is counted by events where an earlier answer showed that they are tokens, else estimated by them', () => {
  const { events, segments } = countOf(
    of(
      'reasoning',
      Array.from({ length: 64 }, () => ' so'),
    ),
  );
  const known = { reported: undefined, reasoningText: segments[0]?.text ?? '', answerText: '', events };
  assert.deepEqual(accountUsage({ ...known, eventsAreTokens: true }), {
    reasoningTokens: 64,
    answerTokens: 0,
    otherTokens: 0,
    source: 'events',
  });
  assert.deepEqual(accountUsage(known), { reasoningTokens: 64, answerTokens: 0, source: 'estimated' });
  // A tokenizer of the model's own goes before what nobody has shown yet.
  assert.equal(accountUsage({ ...known, counted: { reasoning: 63, answer: 0 } }).source, 'counted');
});

test('lengths of a text that was held back, or cut at its beginning, still tell the new ones', () => {
  const held = new EventCount();
  held.take('content', '5 + 7 * 3', [2, 2]); // what was held back, and two more
  assert.equal(held.finish([{ kind: 'answer', text: '5 + 7 * 3' }])?.answer, 3);
  const cut = new EventCount();
  cut.take('content', ' * 3', [9, 2, 2]); // a repeated beginning was taken out
  assert.equal(cut.finish([{ kind: 'answer', text: ' * 3' }])?.answer, 2);
});
