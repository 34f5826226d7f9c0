import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { joinPieces, type RawField, type RawPiece } from '../../../../lib/raw-text.ts';
import { EchoRemover } from '../../../../lib/server/generation/echo.ts';

/** What a model writes, where it was cut, and in which fields its server tells it. */
interface Written {
  thought: string;
  answer: string;
  cut: number;
  inline: boolean;
}

const word = fc.stringMatching(/^[a-z0-9<>`+*.]{1,7}$/);
const prose = fc
  .array(fc.tuple(word, fc.constantFrom(' ', ' ', ' ', '\n', '\n\n')), { minLength: 4, maxLength: 12 })
  .map((words) => ` ${words.map(([text, space]) => text + space).join('')}`.trimEnd());
const written: fc.Arbitrary<Written> = fc
  .record({ thought: prose, answer: prose, inline: fc.boolean() })
  .chain((text) => fc.integer({ min: 20, max: lengthOf(text) - 1 }).map((cut) => ({ ...text, cut })));

function lengthOf({ thought, answer, inline }: Omit<Written, 'cut'>): number {
  return joinPieces(piecesOf({ thought, answer, inline }, 0, Number.POSITIVE_INFINITY)).reduce(
    (sum, { text }) => sum + text.length,
    0,
  );
}

/** The pieces of what is written, from a place to another. */
function piecesOf({ thought, answer, inline }: Omit<Written, 'cut'>, from: number, to: number): RawPiece[] {
  const whole: RawPiece[] = inline
    ? [{ field: 'content', text: `<think>${thought}</think>\n\n${answer}` }]
    : [
        { field: 'reasoning', text: thought },
        { field: 'content', text: answer },
      ];
  let before = 0;
  return whole.flatMap(({ field, text }) => {
    const part = text.slice(Math.max(0, from - before), Math.max(0, to - before));
    before += text.length;
    return part === '' ? [] : [{ field, text: part }];
  });
}

const textOf = (pieces: readonly RawPiece[], field: RawField) =>
  pieces.map((piece) => (piece.field === field ? piece.text : '')).join('');
const readOf = (text: Written, given: readonly RawPiece[]) => {
  if (!text.inline) return { reasoning: textOf(given, 'reasoning').trim(), answer: textOf(given, 'content').trim() };
  const [thought = '', answer = ''] = textOf(given, 'content').replace('<think>', '').split('</think>\n\n');
  return { reasoning: thought.trim(), answer: answer.trim() };
};

/** Hands it over in pieces of some lengths, and answers what is new. */
function newsOf(text: Written, sent: readonly RawPiece[], lengths: readonly number[]): RawPiece[] {
  const given = piecesOf(text, 0, text.cut);
  const remover = new EchoRemover({ pieces: given, ...readOf(text, given) });
  const news: RawPiece[] = [];
  let turn = 0;
  for (const piece of sent) {
    for (let at = 0; at < piece.text.length; ) {
      const length = lengths[turn++ % lengths.length] ?? 1;
      news.push(...remover.push(piece.field, piece.text.slice(at, at + length)));
      at += length;
    }
  }
  return joinPieces([...news, ...remover.end(false)]);
}

const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
const visible = (text: string) => text.replace(/\s+/g, '');

test('what was given and what came, joined, is what the model wrote, once: repeated, in part or not at all', () => {
  fc.assert(
    fc.property(written, lengths, fc.constantFrom('all', 'thought', 'answer', 'none'), (text, cuts, how) => {
      const given = piecesOf(text, 0, text.cut);
      const rest = piecesOf(text, text.cut, Number.POSITIVE_INFINITY);
      const { reasoning, answer } = readOf(text, given);
      fc.pre(given.at(-1)?.text.trim() !== '');
      fc.pre(how !== 'answer' || visible(answer).length >= 4); // so little of it is a model's own
      // Whose own words begin as all of the beginning did could not be told from a repetition.
      fc.pre(![...given.map((piece) => piece.text), reasoning, answer].some((said) => mayBeTaken(said, rest)));
      const repeated: Record<typeof how, RawPiece[]> = {
        all: given,
        thought: text.inline ? given : given.filter(({ field }) => field === 'reasoning'),
        answer: [{ field: 'content', text: answer }],
        none: [],
      };
      const news = newsOf(text, joinPieces([...repeated[how], ...rest]), cuts);
      const whole = piecesOf(text, 0, Number.POSITIVE_INFINITY);
      for (const field of ['reasoning', 'content'] as const) {
        const joined = textOf(given, field) + textOf(news, field);
        if (how === 'all' || how === 'none') assert.equal(joined, textOf(whole, field));
        else assert.equal(visible(joined), visible(textOf(whole, field)));
      }
    }),
    { numRuns: 2_000 },
  );
});

function mayBeTaken(said: string, rest: readonly RawPiece[]): boolean {
  return visible(said) !== '' && rest.some(({ text }) => visible(text).startsWith(visible(said).slice(0, 4)));
}

const given = (field: RawField, text: string) => ({
  pieces: [{ field, text }],
  reasoning: field === 'reasoning' ? text.trim() : '',
  answer: field === 'content' ? text.trim() : '',
});
const all = (remover: EchoRemover, field: RawField, texts: readonly string[], broken = false) =>
  [...texts.flatMap((text) => remover.push(field, text)), ...remover.end(broken)].map(({ text }) => text).join('');

test('white space at the joint is there once', () => {
  const remover = () => new EchoRemover(given('content', ' 5 + 7 *\n'));
  assert.equal(all(remover(), 'content', [' 5 + 7 *\n', ' 3']), ' 3');
  assert.equal(all(remover(), 'content', ['5 + 7 *', '\n 3']), ' 3');
  assert.equal(all(remover(), 'content', ['5 + 7 *', ' 3']), ' 3');
  assert.equal(all(remover(), 'content', [' 3']), ' 3');
});

test('a model that says again what it said is believed, where it is short or not whole', () => {
  assert.equal(all(new EchoRemover(given('content', '5 + 7 * 3 +')), 'content', [' 5']), ' 5');
  assert.equal(all(new EchoRemover(given('content', '5')), 'content', [' 5', ' +']), ' 5 +');
  assert.equal(all(new EchoRemover(given('reasoning', 'Wait, no.')), 'reasoning', [' Wait, now']), ' Wait, now');
});

test('a repetition that breaks off is none of the answer', () => {
  const remover = new EchoRemover(given('content', 'The answer is forty-two, because six times seven'));
  assert.equal(all(remover, 'content', ['The answer is forty-two, bec'], true), '');
});

test('a thought that was given between tags is known again in its field, and the other way round', () => {
  const inline = {
    pieces: [{ field: 'content' as const, text: '<think>\nSix times' }],
    reasoning: 'Six times',
    answer: '',
  };
  assert.equal(all(new EchoRemover(inline), 'reasoning', ['Six times', ' seven']), ' seven');
  const field = { pieces: [{ field: 'reasoning' as const, text: 'Six times' }], reasoning: 'Six times', answer: '' };
  assert.equal(all(new EchoRemover(field), 'content', ['<think>\nSix ', 'times seven']), ' seven');
});
