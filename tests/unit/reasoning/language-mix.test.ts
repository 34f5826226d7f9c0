import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eld } from 'eld/extrasmall';
import { measureLanguage } from '../../../lib/reasoning/language-mix.ts';

const identify = (text: string) => {
  const result = eld.detect(text);
  return result.isReliable() ? result.language : undefined;
};
const measure = (question: string, thinking: string) => measureLanguage({ question, thinking, identify });
const english = 'How many chickens and how many rabbits are in the cage?';

test('a thought in the language of its question has a share of 1', () => {
  const health = measure(english, 'Let the number of chickens be known. Then the rabbits follow from it.');
  assert.deepEqual(health, {
    share: 1,
    expected: { script: 'Latin', language: 'en' },
    words: 13,
    mixed: [],
    mixedCount: 0,
  });
});

test('Chinese in an English thought is counted in words, and shown where it is', () => {
  // Eight English words (of two letters or more) and four Chinese ones (我们 / 需要 / 检查 / 答案): 8/12
  const thinking = 'We have the two equations and solve them. 我们需要检查答案。';
  const health = measure(english, thinking);
  assert.equal(health?.words, 12);
  assert.ok(Math.abs((health?.share ?? 0) - 8 / 12) < 1e-12);
  assert.deepEqual(
    health?.mixed.map((m) => [thinking.slice(m.start, m.end), m.language, m.words]),
    [['我们需要检查答案', 'zh', 4]],
  );
});

test('another language in the same script is told by the library', () => {
  const thinking =
    'First we look at the number of heads in the cage. Danach müssen wir die Anzahl der Beine genau bestimmen.';
  const health = measure(english, thinking);
  // 11 English, 9 German
  assert.equal(health?.words, 20);
  assert.deepEqual(
    health?.mixed.map((m) => m.language),
    ['de'],
  );
  assert.ok(Math.abs((health?.share ?? 0) - 11 / 20) < 1e-12);
});

test('code, formulas, addresses and lone letters are no words', () => {
  const thinking =
    'So the sum holds $x + \\text{Summe}$ and `const länge = wert` \\(\\frac{Zähler}{2}\\) x y z https://beispiel.de/seite';
  assert.deepEqual(measure(english, thinking)?.words, 5); // So the sum holds and
});

test('a name in Latin letters within Chinese is not judged, a phrase is', () => {
  const question = '鸡和兔各有几只？';
  assert.equal(measure(question, '我们用Python计算答案。')?.share, 1);
  // 所以 答案 是 (three) against "the correct answer" (three)
  const health = measure(question, '所以答案是 the correct answer');
  assert.equal(health?.words, 6);
  assert.equal(health?.share, 0.5);
  assert.deepEqual(
    health?.mixed.map((m) => m.language),
    ['en'],
  );
});

test('where the question is too short to tell its language, its script is compared', () => {
  const health = measure('2 + 2 = x, why?', 'Zwei und zwei sind vier, das ist klar und einfach. 答案是四。');
  assert.equal(health?.expected.language, undefined);
  assert.deepEqual(
    health?.mixed.map((m) => m.language),
    ['zh'],
  );
});

test('Japanese and Chinese are told apart by kana', () => {
  const health = measure('鸡和兔各有几只？', '我们先计算。ウサギの数を計算します。');
  assert.deepEqual(
    health?.mixed.map((m) => m.language),
    ['ja'],
  );
});

test('without words there is nothing to say', () => {
  assert.equal(measure('2 + 2 = ?', 'It is four.'), undefined);
  assert.equal(measure(english, '2 + 2 = 4'), undefined);
});
