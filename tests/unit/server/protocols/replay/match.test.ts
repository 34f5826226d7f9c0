import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderR1ZeroPrompt } from '../../../../../lib/prompts/templates.ts';
import { normalizeQuestion } from '../../../../../lib/server/protocols/replay/match.ts';
import { exampleQuestions } from '../../../../../lib/server/protocols/replay/models.ts';
import { questions, questionText } from '../../../../../lib/server/protocols/replay/questions.ts';
import { findQuestion, findRecording, transcripts } from '../../../../../lib/server/protocols/replay/recordings.ts';
import { replayModelKeys } from '../../../../../lib/server/protocols/replay/transcript.ts';

test('every phrasing finds its question, whatever its case, punctuation and white space', () => {
  for (const { question } of transcripts) {
    for (const phrasing of questions[question]) {
      assert.equal(findQuestion(phrasing), question);
      assert.equal(findQuestion(`  ${phrasing.toUpperCase().replace(/[?!,;。？，]|\.(?!\d)/g, '')}\n`), question);
      assert.equal(findQuestion(phrasing.replace(/ /g, '  \t')), question);
    }
  }
});

test('superscripts and full-width signs are read as what they stand for', () => {
  assert.equal(findQuestion('Find the last two digits of 7²⁰²⁶.'), 'power');
  assert.equal(findQuestion('Prove that 1³ + 2³ + ... + n³ = (n(n+1)/2)².'), 'cubes');
  assert.equal(findQuestion('鸡兔同笼，共有３５个头，９４只脚，鸡和兔各有几只？'), 'chickens');
  assert.equal(findQuestion('What are the last two digits of 72026?'), undefined);
});

test('no two questions share a phrasing, and every question is recorded', () => {
  const all = Object.values(questions).flatMap((phrasings) => [...new Set(phrasings.map(normalizeQuestion))]);
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual(transcripts.map(({ question }) => question).sort(), Object.keys(questions).sort());
});

test('a question inside the R1-Zero template is found, on the first turn and on later ones', () => {
  for (const { question } of transcripts) {
    const text = questionText(question);
    assert.equal(findQuestion(renderR1ZeroPrompt([], text)), question);
    assert.equal(findQuestion(`${renderR1ZeroPrompt([], text)} <think>\n`), question);
    const past = [{ question: 'And? User: you', answer: 'Two.\n\nReally.', reasoning: '' }];
    assert.equal(findQuestion(renderR1ZeroPrompt(past, text)), question);
    assert.equal(findQuestion(renderR1ZeroPrompt(past, `Be brief.\n\n${text}`)), question);
  }
});

test('a system prompt put before the question does not hide it', () => {
  assert.equal(findQuestion(`Answer like a pirate.\nAlways.\n\n${questionText('bills')}`), 'bills');
});

test('other questions are not found, however close or odd', () => {
  const codebases = questionText('codebases');
  for (const text of [
    '',
    '   ',
    '?!',
    '…',
    'constructor',
    '__proto__',
    codebases.replace('1.5', '15'),
    `${codebases} Why?`,
    'User: ',
  ]) {
    assert.equal(findQuestion(text), undefined, text);
  }
});

test('every example on the page of a new chat is recorded for its model, the codebases first', () => {
  assert.ok(exampleQuestions.length >= 4 && exampleQuestions.length <= 6);
  assert.equal(exampleQuestions[0]?.question, questionText('codebases'));
  for (const { modelKey, question } of exampleQuestions) {
    const key = findQuestion(question);
    assert.ok(key && findRecording(modelKey, key), `${modelKey}: ${question}`);
  }
});

test('the codebases are recorded for every model, and each model but the short one has its own words', () => {
  const said = replayModelKeys.map((model) => findRecording(model, 'codebases'));
  assert.ok(said.every((recording) => recording !== undefined));
  assert.equal(new Set(said).size, replayModelKeys.length - 1);
});
