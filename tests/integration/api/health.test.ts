import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { ThreadSettings } from '../../../lib/conversation.ts';
import type { Health } from '../../../lib/health.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import { chunk, createFakeProvider, doneStep } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const loop = 'Wait, let me check that again, to be sure of it. ';
const provider = await createFakeProvider({
  respond: ({ path, body }) =>
    path.endsWith('/chat/completions') && body.includes('How sure')
      ? { steps: [chunk({ content: `<think>${loop.repeat(12)}` }), chunk({}, 'length'), doneStep] }
      : undefined,
});
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL, THINKGLASS_REPLAY_SPEED: '100000' });
after(() => provider.close());

/** An answer's health as its last stream part told it, and as it is read afterwards; they must be the same. */
async function askFor(
  model: ThreadSettings['model'],
  text: string,
  settings?: Partial<ThreadSettings>,
): Promise<{ health: Health; thinking: string }> {
  const client = newClient();
  const asked = await client.askNew(model, text, settings);
  const state = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  const saved = (await client.conversation(asked.conversationId)).messages.find((m) => m.id === asked.answerId);
  assert.ok(state?.health);
  assert.deepEqual(saved?.generation?.health, state.health);
  return { health: state.health, thinking: textOfKind(state.segments, 'reasoning') };
}

const replay = (modelKey: string) => ({ providerId: 'replay', modelKey });

test('R1’s recorded thought is well-formed and keeps to its language; a reload shows the same', async () => {
  const { health, thinking } = await askFor(
    replay('r1'),
    'I can understand a codebase in 1.5 hours, an intern in 8. How long do three codebases take us together?',
  );
  assert.deepEqual(health.format, { ok: true, basis: 'tags', problems: [] });
  assert.equal(health.language?.share, 1);
  assert.deepEqual(health.language?.expected, { script: 'Latin', language: 'en' });
  assert.equal(health.repetition?.loop, undefined);
  assert.deepEqual(
    health.rethinks?.places.map(({ at, length }) => thinking.slice(at, at + length)),
    ['Wait', 'Let me verify'], // "Wait, maybe I should check" is one turn,
  );
});

test('R1-Zero’s recorded thought is seen to mix languages, and where', async () => {
  const { health, thinking } = await askFor(
    replay('r1-zero'),
    'I can understand a codebase in 1.5 hours, an intern in 8. How long do three codebases take us together?',
    { promptTemplate: 'r1-zero' },
  );
  assert.equal(health.format?.ok, true);
  assert.ok(health.language && health.language.share < 0.9 && health.language.share > 0.5);
  assert.deepEqual(
    health.language.mixed.map((m) => m.language),
    health.language.mixed.map(() => 'zh'),
  );
  for (const { start, end } of health.language.mixed) assert.match(thinking.slice(start, end), /^\p{sc=Han}/u);
});

test('thinking in a field of its own is measured the same way, its format by being there', async () => {
  const { health } = await askFor(replay('r1-field'), 'What are the last two digits of 7^2026?');
  assert.deepEqual(health.format, { ok: true, basis: 'field', problems: [] });
  assert.equal(health.rethinks?.count, 3);
});

test('a thought that ran in circles until its tokens were gone has its loop named', async () => {
  const { health } = await askFor(
    { providerId: 'custom', modelKey: 'plain' },
    'How sure are you of the answer that you gave?',
  );
  assert.deepEqual(health.format, { ok: false, basis: 'tags', problems: ['no-closing-tag', 'no-answer'] });
  assert.deepEqual(health.repetition?.loop, { text: loop.trim(), times: 12, at: 0, length: loop.length * 12 - 2 });
});

test('a model of which nobody knows whether it thinks is not blamed for an answer without thinking', async () => {
  const client = newClient();
  const formatOf = async (modelKey: string) => {
    const asked = await client.askNew({ providerId: 'custom', modelKey }, 'And without?');
    const state = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
    assert.equal(state?.finish?.outcome, 'complete');
    return state.health?.format;
  };
  assert.equal(await formatOf('plain'), undefined);
  assert.deepEqual(await formatOf('fast-r1'), { ok: true, basis: 'tags', problems: [] });
});
