import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { chunk, createFakeProvider, doneStep } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const provider = await createFakeProvider({
  models: ['own-tags', 'magistral-small-2509'].map((id) => ({ id, object: 'model' })),
  respond: () => ({
    steps: [
      chunk({ content: '[THI' }),
      chunk({ content: 'NK]Two and two.[/TH' }),
      chunk({ content: 'INK]Four.' }),
      chunk({}, 'stop'),
      doneStep,
    ],
  }),
});
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
after(() => provider.close());

const model = { providerId: 'custom', modelKey: 'own-tags' };

test('a model with tags of its own is split at them once its data says so', async () => {
  const client = newClient();
  const partsOf = async () => {
    const asked = await client.askNew(model, '2 + 2?');
    await client.follow(asked.conversationId, asked.cursor);
    return (await client.conversation(asked.conversationId)).messages[1]?.parts;
  };
  assert.deepEqual(await partsOf(), [{ kind: 'answer', text: '[THINK]Two and two.[/THINK]Four.' }]);
  const reasoning = { transport: 'inline', startsInReasoning: 'auto', thinkTags: ['[THINK]', '[/THINK]'] };
  await client.json('PUT', '/api/models/overrides', { overrides: [{ ...model, override: { reasoning } }] });
  assert.deepEqual(await partsOf(), [
    { kind: 'reasoning', text: 'Two and two.' },
    { kind: 'answer', text: 'Four.' },
  ]);
});

test('a family that is known by its name is split without data, which is told as assumed', async () => {
  const client = newClient();
  const magistral = { providerId: 'custom', modelKey: 'magistral-small-2509' };
  const answerOf = async () => {
    const asked = await client.askNew(magistral, '2 + 2?');
    await client.follow(asked.conversationId, asked.cursor);
    return (await client.conversation(asked.conversationId)).messages[1];
  };
  const split = [
    { kind: 'reasoning', text: 'Two and two.' },
    { kind: 'answer', text: 'Four.' },
  ];
  const assumed = await answerOf();
  assert.deepEqual(assumed?.parts, split);
  const assumptions = (message: Awaited<ReturnType<typeof answerOf>>) =>
    message?.generation?.notices.filter(({ code }) => code === 'split-assumed');
  assert.deepEqual(assumptions(assumed), [{ code: 'split-assumed', facts: { family: 'Magistral, Ministral' } }]);
  // what a person says of it is no assumption
  const reasoning = { transport: 'inline', startsInReasoning: 'auto', thinkTags: ['[THINK]', '[/THINK]'] };
  await client.json('PUT', '/api/models/overrides', { overrides: [{ ...magistral, override: { reasoning } }] });
  const told = await answerOf();
  assert.deepEqual([told?.parts, assumptions(told)], [split, []]);
});

test('a tag that is none is refused in words', async () => {
  const reasoning = { transport: 'inline', startsInReasoning: 'auto', thinkTags: ['[THINK]', 'two words'] };
  const overrides = [{ ...model, override: { reasoning } }];
  const response = await newClient().request('PUT', '/api/models/overrides', { overrides });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /thinkTags/);
});
