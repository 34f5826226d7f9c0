import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ReasoningSplitter, type SplitEvent, type SplitterDelta, type SplitterOptions } from '../src/splitter.ts';
import { cutRuns, reduceEvents, type Run, runsOf, splitDeltas } from './cutting.ts';
import { patternOf, slowSplit, withoutMarks } from './slow-splitter.ts';

/** How often each law is tried; raise it to hunt. */
const numRuns = Number(process.env.SPLITTER_RUNS ?? 2_500);

const tags = ['<think>', '</think>', '<answer>', '</answer>'];
const oddTags = ['<THINK a="b">', '</Think  >', '<think/>', '<think x=1 />', '<answer/>', '<answer id=7>'];
const nearTags = ['<think about>', '<thinking>', '</thi', '<thi', '<think ', '</answer', '<', '>', '/', '='];
const otherPairs = ['[THINK]', '[/THINK]', '<thought>', '</thought>', '◁think▷', '◁/think▷', '[THI'];
const blanks = ['\n', '\n', '\n\n', ' ', ' ', '    ', '\t', '\r\n', '\v', '\u00a0', '\u3000'];
const code = ['`', '`', '``', '```', '\n```\n', '\n~~~~\n', '~~~', '> ', '- ', '1. '];
const labels = ['User:', '\nHuman: ', 'Assistant:', 'Us'];
const words = ['a', 'be', 'see, ', '字', '😀', '.', '\ufeff'];
const marks = ['<|im_end|>', '<|im_end|>\n', '<|im_', '<|endoftext|>', '<|drop|>', '<|dr', '<|end|>'];
const brokenText = ['\ud83d', '\ude00'];

const wellFormed = [
  ...tags,
  ...tags,
  ...oddTags,
  ...nearTags,
  ...blanks,
  ...code,
  ...labels,
  ...words,
  ...otherPairs,
  ...marks,
];
const anything = [...wellFormed, ...brokenText];

const textOf = (alphabet: readonly string[], maxLength = 14) =>
  fc.array(fc.constantFrom(...alphabet), { maxLength }).map((pieces) => pieces.join(''));

const threePairs: Array<[string, string]> = [
  ['<think>', '</think>'],
  ['[THINK]', '[/THINK]'],
  ['<thought>', '</thought>'],
];
const variants: SplitterOptions[] = [
  {},
  {},
  { startsInReasoning: true },
  { startsInReasoning: false },
  { openers: 'anywhere' },
  { openers: 'anywhere', startsInReasoning: true },
  { answerTags: false },
  { completion: true },
  { completion: true, startsInReasoning: true },
  { thinkTags: threePairs },
  { thinkTags: threePairs, startsInReasoning: true, openers: 'anywhere' },
  { marks: { drop: ['<|drop|>'] } },
  { marks: { end: ['<|im_end|>', '<|end|>'], drop: ['<|drop|>', '<|d'] }, startsInReasoning: true },
  { thinkTags: [['◁think▷', '◁/think▷']], answerTags: ['[THINK]', '[/THINK]'] },
];
const options = fc.constantFrom(...variants);
const finish = fc.constantFrom('stop' as const, 'length' as const, 'abort' as const, null);
const lengths = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 })
  .filter((l) => Math.max(...l) > 0);

const channel = fc.constantFrom('content' as const, 'reasoning' as const);

/** Runs of both channels, as they alternate in a stream. */
const runs = (alphabet: readonly string[]) =>
  fc
    .array(fc.record({ channel, text: textOf(alphabet, 9) }), {
      maxLength: 5,
    })
    .map((list) => runsOf(list.map(({ channel, text }) => ({ [channel]: text }))));

const contentRun = (text: string): Run[] => runsOf([text]);
const strip = (text: string) => text.replace(/[ \t\n\v\f\r]/g, '');
const trim = (text: string) => text.replace(/^[ \t\n\v\f\r]+/, '').replace(/[ \t\n\v\f\r]+$/, '');
const textIn = (events: readonly SplitEvent[]) => events.map((e) => (e.type === 'delta' ? e.text : '')).join('');

test('cutting the same runs differently never changes the result', () => {
  fc.assert(
    fc.property(runs(anything), options, finish, lengths, (given, how, why, cut) => {
      const whole = splitDeltas(cutRuns(given, [1_000]), how, why).result;
      for (const way of [[1], [2], [3], cut])
        assert.deepEqual(splitDeltas(cutRuns(given, way), how, why).result, whole);
    }),
    { numRuns },
  );
});

test('after every push the events give the segments', () => {
  fc.assert(
    fc.property(runs(anything), options, finish, lengths, (given, how, why, cut) => {
      const splitter = new ReasoningSplitter(how);
      const log: SplitEvent[] = [];
      for (const delta of cutRuns(given, cut)) {
        log.push(...splitter.push(delta));
        assert.deepEqual(reduceEvents(log), splitter.result().segments);
      }
      log.push(...splitter.end(why));
      assert.deepEqual(reduceEvents(log), splitter.result().segments);
    }),
    { numRuns },
  );
});

test('it says what the slow splitter says, which reads the whole text', () => {
  fc.assert(
    fc.property(textOf(anything), options, finish, lengths, (text, how, why, cut) => {
      const { result } = splitDeltas(cutRuns(contentRun(text), cut), how, why);
      const { segments, complete, flags } = result;
      assert.deepEqual({ segments, complete, rescued: flags.rescued, cut: flags.cut }, slowSplit(text, how, why));
    }),
    { numRuns: numRuns * 4 },
  );
});

test('nothing but tags and whitespace is lost, nothing is copied, and the order is kept', () => {
  fc.assert(
    fc.property(textOf(anything), options, finish, (text, how, why) => {
      const tag = tagPattern(how);
      const input = withoutMarks(text.replace(/^\ufeff/, ''), how.marks ?? {}).replace(tag, '');
      const output = splitDeltas([text], how, why)
        .result.segments.map((s) => s[1].replace(tag, ''))
        .join('');
      assert.equal(strip(output), strip(input));
    }),
    { numRuns },
  );
});

test('each channel keeps its words in order', () => {
  // The channels speak different words, so that each can be found again in the segments.
  const content = textOf([...tags, ...nearTags, ...blanks, 'Q', 'W', '字'], 9);
  const field = textOf([...tags, ...nearTags, ...blanks, '1', '2', '語'], 9);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(field, content), { maxLength: 4 }),
      options,
      finish,
      lengths,
      (turns, how, why, cut) => {
        const given = runsOf(turns.map(([reasoning, text]) => ({ reasoning, content: text })));
        const { result } = splitDeltas(cutRuns(given, cut), how, why);
        const said = result.segments.map((s) => s[1]).join('');
        // Within one channel a tag is the only thing that may go, and no tag holds one of these words outside `[ =…>]`.
        const heard = (channel: Run['channel']) =>
          given
            .filter((r) => r.channel === channel)
            .map((r) => r.text)
            .join('');
        const tag = tagPattern(how);
        if (!result.flags.deduped) assert.ok(isWithin(said.replace(/[^QW字]/g, ''), heard('content')));
        if (!/<think /i.test(heard('content'))) {
          assert.equal(
            said.replace(/[^QW字]/g, ''),
            heard('content')
              .replace(tag, '')
              .replace(/[^QW字]/g, ''),
          );
        }
        if (!/<think /i.test(heard('reasoning'))) {
          assert.equal(
            said.replace(/[^12語]/g, ''),
            heard('reasoning')
              .replace(tag, '')
              .replace(/[^12語]/g, ''),
          );
        }
      },
    ),
    { numRuns },
  );
});

test('text without a tag is one segment, as it stands', () => {
  const plain = textOf([
    ...nearTags.filter((t) => t !== '<think '),
    ...blanks,
    ...code,
    ...labels,
    ...words.slice(0, -1),
  ]);
  const withoutCompletion = options.filter((o) => !o.completion);
  fc.assert(
    fc.property(plain, withoutCompletion, finish, lengths, (text, how, why, cut) => {
      fc.pre(text.search(tagPattern(how)) < 0);
      const { segments } = splitDeltas(cutRuns(contentRun(text), cut), how, why).result;
      const kind = how.startsInReasoning === true && why !== 'stop' ? 'reasoning' : 'answer';
      assert.deepEqual(segments, trim(text) ? [[kind, trim(text)]] : []);
    }),
    { numRuns },
  );
});

/** What is shown only because one more character and then the end came. */
function released(run: Run, how: SplitterOptions, cut: number[]): number {
  const splitter = new ReasoningSplitter(how);
  for (const delta of cutRuns([run], cut)) splitter.push(delta);
  const events = [...splitter.push({ [run.channel]: '✓' }), ...splitter.end()];
  // A rescue writes text once more that was shown before; it is not what waited.
  const { rescued } = splitter.result().flags;
  return rescued ? 0 : strip(textIn(events)).length - 1;
}

test('never more than a stray closer, a prefix of a tag, a surrogate and marks of the end wait', () => {
  const defaultTags = options.filter((o) => !o.thinkTags && !o.completion);
  fc.assert(
    fc.property(textOf(anything), channel, defaultTags, lengths, (text, from, how, cut) => {
      const waiting = released({ channel: from, text }, how, cut);
      const interior = /<(think|answer)[ \t/]/i.test(text);
      // what stands at the end as marks, or the beginning of one
      const marked = (text.match(/<\|[\w|]*>?[ \t\n\v\f\r]*/g) ?? []).join('').length;
      assert.ok(waiting <= (interior ? 81 : 18) + marked, `${waiting} characters wait`);
    }),
    { numRuns },
  );
});

test('the longest waits are the ones the specification names', () => {
  const content = (text: string): Run => ({ channel: 'content', text });
  const interior = `=${'x'.repeat(62)}`;
  assert.equal(released(content('<think>r</think>a </answer> </answer'), {}, [1]), '</answer></answer'.length);
  assert.equal(
    released(content(`<think>r</think>a </answer> <answer ${interior}`), {}, [1]),
    9 + '<answer'.length + interior.length,
  );
});

test('prose does not wait at all', () => {
  const prose = textOf([...words, ...blanks, ...code, ...labels, '>', '/', '=']).filter((text) => !text.includes('<'));
  const defaultTags = options.filter((o) => !o.thinkTags && !o.completion);
  fc.assert(
    fc.property(prose, defaultTags, lengths, (text, how, cut) => {
      const splitter = new ReasoningSplitter(how);
      let shown = '';
      for (const delta of cutRuns(contentRun(text), cut)) shown += textIn(splitter.push(delta));
      assert.equal(
        shown.replace(/[\ud800-\udbff]$/, ''),
        trim(text.replace(/^\ufeff/, '')).replace(/[\ud800-\udbff]$/, ''),
      );
    }),
    { numRuns },
  );
});

test('well-formed text gives well-formed deltas, wherever it is cut', () => {
  const emoji = [...wellFormed, '😀', '👋🏽', '𝒳'];
  fc.assert(
    fc.property(runs(emoji), options, finish, lengths, (given, how, why, cut) => {
      for (const event of splitDeltas(cutRuns(given, cut), how, why).events) {
        if (event.type === 'delta') assert.ok(event.text.isWellFormed(), JSON.stringify(event.text));
      }
    }),
    { numRuns },
  );
});

test('segments are trimmed and no delta ends in whitespace', () => {
  fc.assert(
    fc.property(runs(anything), options, finish, lengths, (given, how, why, cut) => {
      const { events, result } = splitDeltas(cutRuns(given, cut), how, why);
      for (const [, text] of result.segments) assert.ok(text !== '' && text === trim(text), JSON.stringify(text));
      for (const event of events) {
        if (event.type === 'delta') assert.ok(/[^ \t\n\v\f\r]$/.test(event.text), JSON.stringify(event.text));
      }
    }),
    { numRuns },
  );
});

test('a document made of blocks comes apart into these blocks', () => {
  const prose = fc.constantFrom('one', 'two words', 'a < b', 'line\nline', 'x `y` z', '字\u3000字', '1 </thi 2');
  const block = fc.record({ kind: fc.constantFrom('reasoning' as const, 'answer' as const), text: prose });
  const gap = fc.constantFrom('\n', '\n\n', ' \n', '\r\n');
  fc.assert(
    fc.property(fc.array(block, { maxLength: 8 }), gap, lengths, (blocks, between, cut) => {
      const document = blocks
        .map(({ kind, text }) =>
          kind === 'reasoning' ? `<think>${between}${text}${between}</think>` : `<answer>${text}</answer>`,
        )
        .join(between);
      const { segments } = splitDeltas(cutRuns(contentRun(document), cut), {}, 'stop').result;
      assert.deepEqual(
        segments,
        blocks.map(({ kind, text }) => [kind, text]),
      );
    }),
    { numRuns },
  );
});

test('the same thinking in the field and inline is shown once', () => {
  const thinking = textOf(['a', 'b', ' ', '\n', '字'], 6).filter((text) => trim(text) !== '');
  fc.assert(
    fc.property(thinking, thinking, lengths, (field, inline, cut) => {
      const deltas: SplitterDelta[] = [{ reasoning: field }, { content: `<think>${inline}</think>\nyes` }];
      const { result } = splitDeltas(cutRuns(runsOf(deltas), cut), {}, 'stop');
      const same = trim(field) === trim(inline);
      assert.equal(result.flags.deduped, same);
      assert.equal(result.reasoning, same ? trim(field) : `${trim(field)}\n\n${trim(inline)}`);
      assert.equal(result.answer, 'yes');
    }),
    { numRuns: 500 },
  );
});

/** Every tag of these options, for taking them out of a text. */
function tagPattern(how: SplitterOptions): RegExp {
  const think = how.thinkTags ?? [['<think>', '</think>']];
  const answer = how.answerTags === false ? [] : [how.answerTags ?? ['<answer>', '</answer>']];
  const spellings = [...think, ...answer].flat().map(patternOf);
  return new RegExp([...spellings, ...(how.completion ? ['Assistant:'] : [])].join('|'), 'g');
}

function isWithin(part: string, whole: string): boolean {
  let at = -1;
  return Array.from(part).every((char) => {
    at = whole.indexOf(char, at + 1);
    return at >= 0;
  });
}
