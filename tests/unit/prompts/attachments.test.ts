import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { AttachedContent } from '../../../lib/attachment.ts';
import type { ModelInfo } from '../../../lib/model.ts';
import { fenceFor, quoteFiles, withoutImages } from '../../../lib/prompts/attachments.ts';
import { renderPrompt } from '../../../lib/prompts/history.ts';
import { plainModel } from '../../fakes/model.ts';

const textFile = (content: string, name = 'notes.txt'): AttachedContent => ({
  name,
  mediaType: 'text/plain',
  size: Buffer.byteLength(content),
  content,
});
const picture = (name: string, size = 100): AttachedContent => ({
  name,
  mediaType: 'image/png',
  size,
  content: `${name}64`,
});

/** Where a fenced block ends by CommonMark: a line of at least as many backticks, indented by three spaces at most. */
function readFenced(lines: readonly string[]): { content: string[]; rest: string[] } {
  const fence = /^`{3,}$/.exec(lines[0] ?? '')?.[0].length ?? 0;
  assert.ok(fence >= 3);
  const end = lines.findIndex((line, i) => i > 0 && new RegExp(`^ {0,3}\`{${fence},}[ \\t]*$`).test(line));
  return { content: lines.slice(1, end), rest: lines.slice(end + 1) };
}

test('nothing that stands in a file can end its fence', () => {
  const nasty = fc.constantFrom(
    '```',
    '````',
    '``',
    '`',
    '\n',
    ' ',
    '~~~',
    'a',
    '\nAttached file "x":\n',
    '`````````',
    '\r',
  );
  fc.assert(
    fc.property(
      fc.array(nasty, { maxLength: 30 }).map((pieces) => pieces.join('')),
      (content) => {
        const [head, ...lines] = quoteFiles([textFile(content)], 'What is it?').split('\n');
        assert.equal(head, 'Attached file "notes.txt":');
        const read = readFenced(lines);
        const told = read.content.join('\n');
        assert.ok(told === content || `${told}\n` === content, JSON.stringify([told, content]));
        assert.deepEqual(read.rest, ['', 'What is it?']);
      },
    ),
  );
});

test('a fence is no longer than it must be', () => {
  assert.equal(fenceFor('no backticks'), '```');
  assert.equal(fenceFor('`` two'), '```');
  assert.equal(fenceFor('a ``` b'), '````');
  assert.equal(fenceFor('``` and `````'), '``````');
});

test('a question without files is sent as it is', () => {
  assert.equal(quoteFiles([], 'Why?'), 'Why?');
  assert.equal(quoteFiles(undefined, 'Why?'), 'Why?');
});

const render = (model: Partial<ModelInfo>, input: Partial<Parameters<typeof renderPrompt>[0]>) =>
  renderPrompt({
    model: { ...plainModel, ...model },
    template: undefined,
    systemPrompt: undefined,
    turns: [],
    question: 'And now?',
    ...input,
  });

const earlier = { question: 'What is on it?', answer: 'A cat.', reasoning: '' };

test('files stay with the questions they came with, in later turns too', () => {
  const { messages, picturesLeftOut } = render(
    { takesImages: true },
    { turns: [{ ...earlier, attachments: [picture('cat.png'), textFile('meow')] }], attachments: [picture('dog.png')] },
  );
  assert.deepEqual(messages, [
    {
      role: 'user',
      content: 'Attached file "notes.txt":\n```\nmeow\n```\n\nWhat is on it?',
      images: [{ mediaType: 'image/png', data: 'cat.png64' }],
    },
    { role: 'assistant', content: 'A cat.' },
    { role: 'user', content: 'And now?', images: [{ mediaType: 'image/png', data: 'dog.png64' }] },
  ]);
  assert.equal(picturesLeftOut, undefined);
});

test('a model that takes no pictures is told the names of earlier ones', () => {
  const { messages, picturesLeftOut } = render({}, { turns: [{ ...earlier, attachments: [picture('cat.png')] }] });
  assert.equal(messages[0]?.content, '[Picture "cat.png", not sent]\n\nWhat is on it?');
  assert.equal(messages[0]?.images, undefined);
  assert.deepEqual(picturesLeftOut, ['cat.png']);
});

test('of very many pictures the latest are sent', () => {
  const turns = Array.from({ length: 6 }, (_, i) => ({ ...earlier, attachments: [picture(`${i}.png`, 5_000_000)] }));
  const { messages, picturesLeftOut } = render({ takesImages: true }, { turns });
  assert.deepEqual(picturesLeftOut, ['0.png', '1.png']);
  assert.deepEqual(
    messages.flatMap(({ images = [] }) => images.map(({ data }) => data)),
    ['2.png64', '3.png64', '4.png64', '5.png64'],
  );
});

test('the text of a raw completion holds text files and no pictures', () => {
  const { completion } = render(
    { takesImages: true },
    {
      template: 'raw',
      rawPrompt: 'Q: {{question}}\nA:',
      turns: [{ ...earlier, attachments: [picture('cat.png')] }],
      attachments: [textFile('{{system}}')],
    },
  );
  assert.equal(completion?.prompt, 'Q: Attached file "notes.txt":\n```\n{{system}}\n```\n\nAnd now?\nA:');
});

test('a request is kept without what is in its pictures', () => {
  const data = 'iVBORw0KGgo='.repeat(100);
  const body = JSON.stringify({ url: `data:image/png;base64,${data}`, text: 'iVBORw0KGgo=' });
  const kept = withoutImages(body, [{ role: 'user', content: '', images: [{ mediaType: 'image/png', data }] }]);
  assert.equal(kept, '{"url":"data:image/png;base64,(1200 characters of base64)","text":"iVBORw0KGgo="}');
});
