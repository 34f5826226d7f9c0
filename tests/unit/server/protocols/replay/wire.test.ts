import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRecording, transcripts } from '../../../../../lib/server/protocols/replay/recordings.ts';
import type { ReplayModelKey } from '../../../../../lib/server/protocols/replay/transcript.ts';
import { cutRecording } from '../../../../../lib/server/protocols/replay/wire.ts';
import { questionText, type QuestionKey } from '../../../../../lib/server/protocols/replay/questions.ts';

function written(model: ReplayModelKey, question: QuestionKey): string {
  const recording = findRecording(model, question);
  assert.ok(recording, `${model} knows ${questionText(question)}`);
  return cutRecording(model, recording)
    .map(({ text }) => text)
    .join('');
}

test('R1 writes its thinking in a block of its own lines, and an empty block when it does not think', () => {
  assert.match(written('r1', 'codebases'), /^<think>\nOkay, [\s\S]+\n<\/think>\n\nAdd the/);
  assert.match(written('r1', 'capital'), /^<think>\n\n<\/think>\n\nThe capital of France/);
});

test('each tag of R1 is one piece; the tags of R1-Zero come in several', () => {
  const pieces = (model: ReplayModelKey) => cutRecording(model, findRecording(model, 'codebases') ?? assert.fail());
  assert.equal(pieces('r1')[0]?.text, '<think>');
  assert.ok(pieces('r1').some(({ text }) => text === '</think>'));
  assert.ok(!pieces('r1-zero').some(({ text }) => text.includes('think>') || text.includes('answer>')));
});

test('R1-Zero thinks between think tags and answers between answer tags', () => {
  for (const { question, recordings } of transcripts) {
    if (!recordings['r1-zero']) continue;
    assert.match(written('r1-zero', question), /^<think>[\s\S]+<\/think> <answer>[\s\S]+<\/answer>$/);
  }
});

test('R1-Zero has its habits: an aha, a check, a heading, maths in its thinking, a while in Chinese and back', () => {
  const { reasoning } = findRecording('r1-zero', 'codebases') ?? assert.fail();
  for (const habit of [/Aha/, /verify/i, /^### /m, /\\\[/, /[\u4e00-\u9fff]{8}[\s\S]*[a-z]{4}/])
    assert.match(reasoning, habit);
});

test('nothing recorded holds a tag, is untrimmed, or leaves maths or code open', () => {
  for (const { question, recordings } of transcripts) {
    for (const [model, recording] of Object.entries(recordings)) {
      for (const text of [recording.reasoning, recording.answer]) {
        const name = `${question}/${model}`;
        assert.doesNotMatch(text, /<\/?(?:think|answer)>/, name);
        assert.equal(text, text.trim(), name);
        assert.equal(text.split('$$').length % 2, 1, `${name}: $$`);
        assert.equal(text.split('\\(').length, text.split('\\)').length, `${name}: \\( \\)`);
        assert.equal(text.split('\\[').length, text.split('\\]').length, `${name}: \\[ \\]`);
        assert.equal(text.split('```').length % 2, 1, `${name}: fences`);
        assert.equal(text.split('{').length, text.split('}').length, `${name}: braces`);
        assert.equal(text.replace(/```[\s\S]*?```/g, '').split('**').length % 2, 1, `${name}: bold`);
      }
      assert.notEqual(recording.answer, '');
    }
  }
});

test('a model that does not think has no thinking recorded', () => {
  for (const { recordings } of transcripts) assert.equal(recordings.v3?.reasoning ?? '', '');
});

test('money stays money: each dollar sign of the bills is one before a digit, or a pair', () => {
  for (const model of ['r1', 'r1-field', 'v3'] as const) {
    const { answer } = findRecording(model, 'bills') ?? assert.fail();
    assert.match(answer, /\$5/);
    assert.match(answer, /\$10/);
    assert.doesNotMatch(answer.replaceAll('$$', ''), /\$(?!\d)/);
  }
});
