import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Finish,
  ReasoningSplitter,
  type SplitResult,
  type SplitterDelta,
  type SplitterOptions,
} from '../src/splitter.ts';
import { cutAt, cutRuns, reduceEvents, runsOf, splitDeltas } from './cutting.ts';
import { slowSplit } from './slow-splitter.ts';

interface Example {
  does: string;
  given: string | SplitterDelta[];
  how?: SplitterOptions;
  finish?: Finish;
  /** One line a segment: `R text`, `A text`, `D text`. */
  gives: string[];
  complete?: boolean;
  flags?: Partial<SplitResult['flags']>;
}

const letterOf = { reasoning: 'R', answer: 'A', discarded: 'D' };

/** Every example holds whole, one unit at a time, and cut anywhere once. */
function examples(rule: string, list: Example[]): void {
  describe(rule, () => {
    for (const { does, given, how, finish = 'stop', gives, complete, flags } of list) {
      test(does, () => {
        const runs = runsOf(typeof given === 'string' ? [given] : given);
        const length = runs.reduce((sum, run) => sum + run.text.length, 0);
        const cuts = Array.from({ length }, (_, cut) => cutAt(runs, [cut]));
        for (const deltas of [cutRuns(runs, [1]), cutRuns(runs, [0, 2]), ...cuts]) {
          const { events, result } = splitDeltas(deltas, how, finish);
          const lines = result.segments.map(([kind, text]) => `${letterOf[kind]} ${text}`);
          assert.deepEqual(lines, gives);
          assert.deepEqual(reduceEvents(events), result.segments);
          if (complete !== undefined) assert.equal(result.complete, complete);
          for (const [flag, value] of Object.entries(flags ?? {})) {
            assert.equal(result.flags[flag as keyof typeof result.flags], value, flag); // the keys of `flags` are flags
          }
        }
      });
    }
  });
}

examples('the examples of the specification', [
  { does: 'an empty block gives nothing', given: '<think>\n\n</think>\n\nParis.', gives: ['A Paris.'] },
  {
    does: 'a closer without an opener makes thinking of what came before',
    given: 'hm\n</think>\n\nHi',
    gives: ['R hm', 'A Hi'],
    flags: { reclassified: 1 },
  },
  {
    does: 'an answer block closes thinking that was not closed',
    given: '<think>\nTen minus three is seven.\n<answer>\n7\n</answer>',
    gives: ['R Ten minus three is seven.', 'A 7'],
  },
  {
    does: 'a second block on its own line is thinking again',
    given: '<think>one</think>Part A.\n<think>two</think>Part B.',
    gives: ['R one', 'A Part A.', 'R two', 'A Part B.'],
  },
  {
    does: 'a tag in backticks is text',
    given: '<think>explain</think>Close it with `</think>`.',
    gives: ['R explain', 'A Close it with `</think>`.'],
  },
  {
    does: 'a closer behind the answer disappears',
    given: '<think>r</think>All good.\n</think>',
    gives: ['R r', 'A All good.'],
  },
  {
    does: 'two channels are trimmed where they meet',
    given: [{ reasoning: 'a\n' }, { content: '\n\nb' }],
    gives: ['R a', 'A b'],
  },
]);

examples('the spelling of tags', [
  { does: 'letter case does not matter', given: '<THINK>a</tHiNk>b', gives: ['R a', 'A b'] },
  { does: 'attributes may stand in an opener', given: '<think a="1" b=2>a</think>b', gives: ['R a', 'A b'] },
  { does: 'words may not', given: '<think about it>a', gives: ['A <think about it>a'] },
  {
    does: 'an interior of 64 characters is a tag',
    given: `<think ${'='.repeat(63)}>a</think>b`,
    gives: ['R a', 'A b'],
  },
  {
    does: 'one of 65 is not',
    given: `<think ${'='.repeat(64)}>a`,
    gives: [`A <think ${'='.repeat(64)}>a`],
  },
  { does: 'a line break ends the hope for a tag', given: '<think\na=1>', gives: ['A <think\na=1>'] },
  { does: 'eight blanks may stand in a closer', given: '<think>a</think        >b', gives: ['R a', 'A b'] },
  { does: 'nine may not', given: '<think>a</think         >b', finish: 'length', gives: ['R a</think         >b'] },
  { does: 'a tag may follow a bracket', given: '<think>a<</think>b', gives: ['R a<', 'A b'] },
  { does: 'a tag may follow one that broke off', given: '<think>a</thi</think>b', gives: ['R a</thi', 'A b'] },
  { does: 'a slash with more behind it is no tag', given: '<think //>a', gives: ['A <think //>a'] },
  { does: 'the Kelvin sign is no k', given: '<thin\u212a>a', gives: ['A <thin\u212a>a'] },
  {
    does: 'other tags match as they stand',
    given: '[THINK]a[/think][/THINK]b',
    how: { thinkTags: [['[THINK]', '[/THINK]']] },
    gives: ['R a[/think]', 'A b'],
  },
  {
    does: 'the longest tag wins, and waits for its chance',
    given: '[T]a[/T][/T]]b',
    how: {
      thinkTags: [
        ['[T]', '[/T]]'],
        ['[U]', '[/T]'],
      ],
    },
    gives: ['R a[/T]', 'A b'],
  },
  { does: 'an unfinished tag at the end is text', given: '<think>a</think>b </thi', gives: ['R a', 'A b </thi'] },
]);

examples('A1, A2: think openers in the answer', [
  { does: 'a closed one is dropped', given: '<think/>\nyes', gives: ['A yes'] },
  { does: 'a closed one in a sentence is text', given: 'a <think/> b', gives: ['A a <think/> b'] },
  {
    does: 'after a closed one a lonely closer takes nothing back',
    given: '<think/>yes\n</think>\nno',
    gives: ['A yes', 'A no'],
  },
  { does: 'three spaces of indent are a line start', given: 'a\n   <think>b</think>c', gives: ['A a', 'R b', 'A c'] },
  { does: 'four are code', given: 'a\n    <think>b</think>c', gives: ['A a\n    <think>b</think>c'] },
  { does: 'a tab is code', given: 'a\n\t<think>b</think>c', gives: ['A a\n\t<think>b</think>c'] },
  {
    does: 'behind a tag any whitespace will do',
    given: '<think>a</think>\n\t\t<think>b</think>c',
    gives: ['R a', 'R b', 'A c'],
  },
  {
    does: 'anywhere is anywhere when the app says so, but not in code',
    given: 'a<think>b</think>c `<think>`',
    how: { openers: 'anywhere' },
    gives: ['A a', 'R b', 'A c `<think>`'],
  },
]);

examples('A3, A4, A5: answer openers in the answer', [
  { does: 'a closed one is text', given: '<answer/>a', gives: ['A <answer/>a'] },
  {
    does: 'the first one makes thinking of what came before',
    given: 'Half of ten.\n<answer>5</answer>',
    gives: ['R Half of ten.', 'A 5'],
    flags: { reclassified: 1 },
  },
  {
    does: 'and owes a closer, which takes back a draft',
    given: 'Half of ten.\n<answer>4</answer>\nno, wait\n</think>\n5',
    gives: ['R Half of ten.', 'R 4', 'R no, wait', 'A 5'],
  },
  {
    does: 'not when thinking is off',
    given: 'Text.\n<answer>5</answer>',
    how: { startsInReasoning: false },
    gives: ['A Text.', 'A 5'],
    flags: { reclassified: 0 },
  },
  {
    does: 'in a sentence it is text',
    given: '<think>r</think>Put <answer> before it.',
    gives: ['R r', 'A Put <answer> before it.'],
  },
]);

examples('A6, A9, A11: closers that belong to a mention', [
  {
    does: 'a pair on one line is a mention',
    given: '<think>r</think>The <think> and </think> tags.',
    gives: ['R r', 'A The <think> and </think> tags.'],
  },
  {
    does: 'a mention has one partner',
    given: 'The <think> and </think> tags\n</think>\nyes',
    gives: ['R The <think> and </think> tags', 'A yes'],
  },
  {
    does: 'on the next line there is no partner',
    given: 'The <think> tag\n</think>\nyes',
    gives: ['R The <think> tag', 'A yes'],
  },
  {
    does: 'an answer pair in an answer block is a mention',
    given: '<answer>Use <answer> and </answer> here.</answer>',
    gives: ['A Use <answer> and </answer> here.'],
    complete: true,
  },
  {
    does: 'an answer closer belongs to a mention on an earlier line',
    given: '<think>r</think>Open with <answer>\nand end with </answer>\nplease.',
    gives: ['R r', 'A Open with <answer>\nand end with </answer>\nplease.'],
  },
]);

examples('A7: a closer that was owed', [
  {
    does: 'takes back what leaked, twice if two are owed',
    given: '<think>\na\n<think>\nb\n<think>\nc\n</think>\nd\n</think>\ne\n</think>\nf',
    gives: ['R a', 'R b', 'R c', 'R d', 'R e', 'A f'],
  },
  {
    does: 'takes back no more than that',
    given: '<think>a</think>b\n<think>c\n<think>d</think>e\n</think>f',
    gives: ['R a', 'A b', 'R c', 'R d', 'R e', 'A f'],
  },
  {
    does: 'and the fence it comes out of is forgotten',
    given: '<think>\na\n<think>\nb\n<think>x</think>\n```\nc\n</think>\n<think>d</think>e',
    gives: ['R a', 'R b', 'R x', 'R ```\nc', 'R d', 'A e'],
  },
  {
    does: 'does so out of a fence that the thinking opened',
    given: '<think>\nsample:\n```\n<think>\nx\n</think>\n```\nmore\n</think>\n```\ncode\n```',
    gives: ['R sample:\n```', 'R x', 'R ```\nmore', 'A ```\ncode\n```'],
  },
]);

examples('A8: the missing opener', [
  { does: 'nothing before it, nothing to move', given: '</think>yes', gives: ['A yes'], flags: { reclassified: 0 } },
  {
    does: 'happens once',
    given: 'a</think>b\n</think>\nc',
    gives: ['R a', 'A b', 'A c'],
    flags: { reclassified: 1 },
  },
  { does: 'not in backticks', given: 'a `</think>` b', gives: ['A a `</think>` b'] },
]);

examples('A10: the end of an answer block', [
  { does: 'what follows is another answer', given: '<answer>a</answer>b', gives: ['A a', 'A b'] },
  {
    does: 'without it the answer is complete at stop',
    given: '<answer>a',
    finish: 'stop',
    gives: ['A a'],
    complete: true,
  },
  { does: 'and only then', given: '<answer>a', finish: null, gives: ['A a'], complete: false },
]);

examples('A12: strays', [
  {
    does: 'a mention in the thinking ends with the thinking',
    given: '<think>use <answer> here</think>b\n</answer>',
    gives: ['R use <answer> here', 'A b'],
  },
  {
    does: 'a mention in an answer block ends with the block',
    given: '<answer>Use <answer> now\n</answer>\nbye\n</answer>',
    gives: ['A Use <answer> now', 'A bye'],
  },
  { does: 'next to a tag it is dropped', given: '<think>r</think> </answer>\nyes', gives: ['R r', 'A yes'] },
  {
    does: 'in a sentence it is text, with its whitespace',
    given: '<think>r</think>a  </think>\n\n b',
    gives: ['R r', 'A a  </think>\n\n b'],
  },
  {
    does: 'alone on its line it is dropped',
    given: '<think>r</think>a\n </think> \nb',
    gives: ['R r', 'A a', 'A b'],
  },
  {
    does: 'before a tag it is dropped',
    given: '<think>r</think>a </think> <think>s</think>b',
    gives: ['R r', 'A a', 'R s', 'A b'],
  },
  { does: 'last of all it is dropped', given: '<think>r</think>a </answer>', gives: ['R r', 'A a'] },
  {
    does: 'a prefix of a tag at the end makes it text',
    given: '<think>r</think>a </answer> </thi',
    gives: ['R r', 'A a </answer> </thi'],
  },
  {
    does: 'a line with a stray that is text can open a fence',
    given: '<think>r</think>~~~ </think>\nx\n<think>',
    gives: ['R r', 'A ~~~ </think>\nx\n<think>'],
  },
]);

examples('code in the answer', [
  {
    does: 'a fence with words behind it does not close another',
    given: '```\n```js\n<think>',
    gives: ['A ```\n```js\n<think>'],
  },
  {
    does: 'tags in a fence are text, openers and closers',
    given: '<think>r</think>\n```xml\n<think>\n</think>\n<answer>1</answer>\n```\nok',
    gives: ['R r', 'A ```xml\n<think>\n</think>\n<answer>1</answer>\n```\nok'],
  },
  {
    does: 'a shorter or other fence does not close it',
    given: '````\n```\n~~~~\n<think>a</think>\n````\n<think>b</think>c',
    gives: ['A ````\n```\n~~~~\n<think>a</think>\n````', 'R b', 'A c'],
  },
  {
    does: 'a fence can stand in a list or a quotation',
    given: '1. > ~~~\n<think>\n> ~~~\n<think>b</think>c',
    gives: ['A 1. > ~~~\n<think>\n> ~~~', 'R b', 'A c'],
  },
  {
    does: 'three backticks with another behind them are no fence',
    given: '```x```\n<think>b</think>c',
    gives: ['A ```x```', 'R b', 'A c'],
  },
  {
    does: 'an answer closer at a line start ends the block out of a fence',
    given: '<answer>\n```\ncode\n</answer>\n<think>b</think>c',
    gives: ['A ```\ncode', 'R b', 'A c'],
  },
  {
    does: 'unless it closes an opener in the fence',
    given: '<answer>\n```\n<answer>\n</answer>\n```\nyes</answer>',
    gives: ['A ```\n<answer>\n</answer>\n```\nyes'],
  },
  {
    does: 'a span ends with its line',
    given: 'a ` b\n<think>c</think>d',
    gives: ['A a ` b', 'R c', 'A d'],
  },
  {
    does: 'a span is closed by a run as long as its opener',
    given: '``a ` </think> `` b </think>c',
    gives: ['R ``a ` </think> `` b', 'A c'],
  },
]);

const twoPairs: SplitterOptions = {
  thinkTags: [
    ['<think>', '</think>'],
    ['<thought>', '</thought>'],
  ],
};

examples('R1, R2, R3: think closers in the thinking', [
  {
    does: 'one of another pair is text',
    given: '<think>a</thought>b</think>c',
    how: twoPairs,
    gives: ['R a</thought>b', 'A c'],
  },
  {
    does: 'when the prompt opened it, any pair closes it',
    given: 'a</thought>b',
    how: { ...twoPairs, startsInReasoning: true },
    gives: ['R a', 'A b'],
  },
  {
    does: 'one between backticks is text',
    given: '<think>a `</think>` b</think>c',
    gives: ['R a `</think>` b', 'A c'],
  },
  { does: 'one behind an open backtick closes', given: '<think>a `b </think>c', gives: ['R a `b', 'A c'] },
  { does: 'also at the end', given: '<think>a `b </think>', gives: ['R a `b'], complete: true },
  { does: 'a fence does not protect it', given: '<think>```\n</think>c', gives: ['R ```', 'A c'] },
]);

examples('R4 to R7: think openers in the thinking', [
  { does: 'a closed one on its own is dropped', given: '<think>a\n<think/>\nb</think>c', gives: ['R a', 'R b', 'A c'] },
  {
    does: 'a closed one in a sentence is text',
    given: '<think>a <think/> b</think>c',
    gives: ['R a <think/> b', 'A c'],
  },
  { does: 'a second one at once is dropped', given: '<think> <think>a</think>b', gives: ['R a', 'A b'] },
  {
    does: 'the second decides which pair it is',
    given: '<think><thought>a</think></thought>b',
    how: twoPairs,
    gives: ['R a</think>', 'A b'],
  },
  {
    does: 'of another pair it is text',
    given: '<think>a\n<thought>b</think>c',
    how: twoPairs,
    gives: ['R a\n<thought>b', 'A c'],
  },
  { does: 'in a sentence it is text', given: '<think>a <think> b</think>c', gives: ['R a <think> b', 'A c'] },
]);

examples('R8, R9, R10: answer tags in the thinking', [
  {
    does: 'a draft on its own line is taken back by the closer',
    given: '<think>\na\n<answer>4</answer>\nno\n</think>\n<answer>5</answer>',
    gives: ['R a', 'R 4', 'R no', 'A 5'],
  },
  { does: 'a closed one is text', given: '<think>\n<answer/>a</think>b', gives: ['R <answer/>a', 'A b'] },
  { does: 'a closer alone is text', given: '<think>a\n</answer>\nb</think>c', gives: ['R a\n</answer>\nb', 'A c'] },
]);

examples('completion mode', [
  {
    does: 'a label at the start is dropped',
    given: ' Assistant: <think>a</think>b',
    how: { completion: true },
    gives: ['R a', 'A b'],
  },
  {
    does: 'also when the prompt ended in an opener',
    given: 'Assistant: a</think>b',
    how: { completion: true, startsInReasoning: true },
    gives: ['R a', 'A b'],
  },
  { does: 'later it is text', given: 'b\nAssistant: c', how: { completion: true }, gives: ['A b\nAssistant: c'] },
  {
    does: 'an invented turn is put aside with all that follows',
    given: 'b\n\nHuman: c\n<think>d</think>\nUser: e ',
    how: { completion: true },
    finish: 'length',
    gives: ['A b', 'D Human: c\n<think>d</think>\nUser: e'],
    complete: true,
    flags: { cut: true },
  },
  {
    does: 'not in a sentence',
    given: 'b\nThe User: c',
    how: { completion: true },
    gives: ['A b\nThe User: c'],
    flags: { cut: false },
  },
  { does: 'not in a fence', given: '```\nUser: c', how: { completion: true }, gives: ['A ```\nUser: c'] },
  { does: 'not in the thinking', given: '<think>a\nUser: c', how: { completion: true }, gives: ['R a\nUser: c'] },
  {
    does: 'not before there is an answer',
    given: '<think>a</think>\nUser: c',
    how: { completion: true },
    gives: ['R a', 'A User: c'],
  },
  { does: 'in other letters it is text', given: 'b\nuser: c', how: { completion: true }, gives: ['A b\nuser: c'] },
  {
    does: 'a one-line answer is rescued before the turn',
    given: 'Easy: <answer>12</answer>\nUser: more',
    how: { completion: true },
    gives: ['R Easy:', 'A 12', 'D User: more'],
    flags: { rescued: true, cut: true },
  },
  {
    does: 'a stray before the turn is dropped',
    given: '<think>r</think>b </answer>\nUser: c',
    how: { completion: true },
    gives: ['R r', 'A b', 'D User: c'],
  },
  {
    does: 'a stray on the same line makes it a sentence',
    given: '<think>r</think>b </answer> User: c',
    how: { completion: true },
    gives: ['R r', 'A b </answer> User: c'],
  },
  {
    does: 'other labels can be given',
    given: 'b\nFrage: c',
    how: { completion: { user: ['Frage:'], assistant: [] } },
    gives: ['A b', 'D Frage: c'],
  },
]);

examples('the field for reasoning', [
  {
    does: 'the answer is rescued from its last segment',
    given: [{ reasoning: 'a </think> b' }, { content: '<think>x</think>' }, { reasoning: 'c </think> d' }],
    gives: ['R a </think> b', 'R x', 'R c', 'A d'],
  },
  {
    does: 'content that thinks and stops thinking is complete without an answer',
    given: [{ reasoning: 'a' }, { content: '<think>b</think>' }],
    gives: ['R a', 'R b'],
    complete: true,
  },
  {
    does: 'it does not end thinking that the content opened',
    given: [{ content: '<think>a' }, { reasoning: 'b' }, { content: 'c</think>d' }],
    gives: ['R a', 'R b', 'R c', 'A d'],
  },
  {
    does: 'runs between content are segments of their own',
    given: [{ reasoning: 'a' }, { content: 'b' }, { reasoning: ' c' }, { content: ' d' }],
    gives: ['R a', 'A b', 'R c', 'A d'],
  },
  {
    does: 'whitespace alone interrupts nothing',
    given: [{ reasoning: 'a' }, { content: '\n' }, { reasoning: ' b' }, { content: 'c' }],
    gives: ['R a b', 'A c'],
  },
  {
    does: 'a prompt that opened the thinking does not matter then',
    given: [{ content: ' ' }, { reasoning: 'a' }, { content: 'b' }],
    how: { startsInReasoning: true },
    finish: 'length',
    gives: ['R a', 'A b'],
  },
  {
    does: 'an opener in front is dropped',
    given: [{ reasoning: '<think>\na' }, { content: 'b' }],
    gives: ['R a', 'A b'],
  },
  { does: 'later it is text', given: [{ reasoning: 'a\n<think>\nb' }], gives: ['R a\n<think>\nb'] },
  {
    does: 'closers at the end are dropped',
    given: [{ reasoning: 'a\n</think>\n</think>\n' }, { content: 'b' }],
    gives: ['R a', 'A b'],
  },
  {
    does: 'a closer in the middle is text',
    given: [{ reasoning: 'a </think> b' }, { content: 'c' }],
    gives: ['R a </think> b', 'A c'],
  },
  {
    does: 'answer tags in it are text',
    given: [{ reasoning: 'a\n<answer>b' }, { content: 'c' }],
    gives: ['R a\n<answer>b', 'A c'],
  },
  {
    does: 'a closer that leaked into content is dropped',
    given: [{ reasoning: 'a' }, { content: '</think>\n\nb' }],
    gives: ['R a', 'A b'],
    flags: { reclassified: 0 },
  },
  {
    does: 'a block inline is thinking too',
    given: [{ reasoning: 'a' }, { content: '<think>b</think>c' }],
    gives: ['R a', 'R b', 'A c'],
    flags: { deduped: false },
  },
  {
    does: 'the same over several segments is shown once',
    given: [
      { reasoning: 'a' },
      { content: '<think/>' },
      { content: 'x' },
      { reasoning: 'b' },
      { content: '\n<think>a\n\nb</think>c' },
    ],
    gives: ['R a', 'A x', 'R b', 'A c'],
    flags: { deduped: true },
  },
  {
    does: 'without content the answer behind the closer is rescued',
    given: [{ reasoning: 'a\n</think>\n\nb' }],
    gives: ['R a', 'A b'],
    complete: true,
    flags: { rescued: true },
  },
  {
    does: 'not from backticks',
    given: [{ reasoning: 'a `</think>` b' }],
    gives: ['R a `</think>` b'],
    complete: false,
  },
  {
    does: 'both fields in one delta: reasoning comes first',
    given: [{ content: 'b', reasoning: 'a' }],
    gives: ['R a', 'A b'],
  },
]);

examples('the end', [
  {
    does: 'an answer that is rescued ends the answer block it is in',
    given: '<answer>a <answer>7</answer>',
    finish: null,
    gives: ['A a', 'A 7'],
    complete: true,
  },
  {
    does: 'a one-line answer in the thinking is rescued',
    given: '<think>a <answer> 7 </answer>\n',
    gives: ['R a', 'A 7'],
    complete: true,
    flags: { rescued: true },
  },
  {
    does: 'also without any think tag',
    given: 'a <answer>7</answer>',
    gives: ['R a', 'A 7'],
    flags: { reclassified: 1 },
  },
  { does: 'and when a closer comes behind it', given: '<think>a <answer>7</answer></think>', gives: ['R a', 'A 7'] },
  {
    does: 'not when it is empty',
    given: '<think>a <answer> </answer>',
    gives: ['R a <answer> </answer>'],
    complete: false,
  },
  {
    does: 'not when more follows',
    given: '<think>a <answer>7</answer>.',
    gives: ['R a <answer>7</answer>.'],
    flags: { rescued: false },
  },
  {
    does: 'thinking that never came is an answer, block by block',
    given: 'a b',
    how: { startsInReasoning: true },
    gives: ['A a b'],
    complete: true,
  },
  {
    does: 'not if the model wrote an opener',
    given: '<think>a',
    how: { startsInReasoning: true },
    gives: ['R a'],
    complete: false,
  },
  { does: 'stopped by the user it is not complete', given: 'a', finish: 'abort', gives: ['A a'], complete: false },
  { does: 'an error is not complete', given: 'a', finish: 'error', gives: ['A a'], complete: false },
  { does: 'when nobody says why, text decides', given: 'a', finish: null, gives: ['A a'], complete: true },
  { does: 'a field that spoke last is not complete', given: [{ reasoning: 'a' }], gives: ['R a'], complete: false },
  {
    does: 'a byte order mark in front is dropped, one inside is text',
    given: '\ufeff<think>a\ufeff</think>b',
    gives: ['R a\ufeff', 'A b'],
  },
  { does: 'wide spaces are text', given: '<think>\u3000a</think>\u00a0b', gives: ['R \u3000a', 'A \u00a0b'] },
]);

describe('the interface', () => {
  test('a push after the end throws, a second end says nothing', () => {
    const splitter = new ReasoningSplitter();
    splitter.push('a <');
    assert.equal(splitter.end('stop').length, 1);
    assert.deepEqual(splitter.end('length'), []);
    assert.equal(splitter.result().complete, true);
    assert.throws(() => splitter.push('b'), /ended/);
  });

  test('null, missing and empty text does nothing', () => {
    const splitter = new ReasoningSplitter();
    for (const delta of ['', {}, { content: null }, { content: '', reasoning: null }]) {
      assert.deepEqual(splitter.push(delta), []);
    }
    splitter.end();
    assert.deepEqual(splitter.result().segments, []);
  });

  test('a running stream is not complete', () => {
    const splitter = new ReasoningSplitter();
    splitter.push('all of it');
    assert.equal(splitter.result().complete, false);
  });

  test('one push says one thing once: neighbouring text comes in one delta', () => {
    const splitter = new ReasoningSplitter();
    assert.deepEqual(splitter.push('<think>a < b, <<c\n\n</think>\n\nd </'), [
      { type: 'delta', seg: 0, kind: 'reasoning', text: 'a < b, <<c' },
      { type: 'delta', seg: 1, kind: 'answer', text: 'd' },
    ]);
    assert.deepEqual(splitter.end('stop'), [{ type: 'delta', seg: 1, kind: 'answer', text: ' </' }]);
  });

  test('no tags at all are possible', () => {
    const { result } = splitDeltas(['<think>a</think>'], { thinkTags: [], answerTags: false }, 'stop');
    assert.deepEqual(result.segments, [['answer', '<think>a</think>']]);
  });
});

test('a mark of the template between blanks does not keep the end of the turn', () => {
  const marks = { end: ['<|im_end|>'], drop: ['<|drop|>'] };
  const text = '<|im_end|>\n<|drop|> ';
  const { segments } = splitDeltas([text], { marks }, 'stop').result;
  assert.deepEqual(segments, []);
  assert.deepEqual(slowSplit(text, { marks }, 'stop').segments, segments);
});
