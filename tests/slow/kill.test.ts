import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { ApiClient, applyApiEvent } from '../fakes/api-client.ts';
import { createFakeProvider } from '../fakes/provider.ts';
import { type AppServer, startApp } from '../fakes/server.ts';
import type { RawText } from '../../lib/raw-text.ts';
import { type MessageState, textOfKind } from '../../lib/stream-part.ts';

const rounds = 20;
const model = { providerId: 'custom', modelKey: 'pace:4ms:tokens:30000' };

/** A seeded generator, so that a failing round can be had again. */
function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

test(`${rounds} rounds of kill -9 in the middle of an answer lose no question and at most two seconds of text`, async (t) => {
  const provider = await createFakeProvider({ models: [{ id: model.modelKey, object: 'model' }] });
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-kill-'));
  let app: AppServer | undefined;
  t.after(async () => {
    await app?.kill();
    await provider.close();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  const dice = createDice(20_261_122);
  const env = { CUSTOM_BASE_URL: provider.baseURL };
  let cookie = '';
  app = await startApp({ dataFolder, env });
  for (let round = 1; round <= rounds; round++) {
    const client = new ApiClient(app.url);
    client.cookie = cookie;
    const question = `Round ${round}: think as long as you like`;
    const asked = await client.askNew(model, question);
    cookie = client.cookie;

    // Read until the dice say so; remember when each length had been seen.
    const killAfterMs = 300 + dice() * 3500;
    const seen: { at: number; length: number; text: string }[] = [];
    const messages = new Map<string, MessageState>();
    const began = performance.now();
    for await (const event of client.events(asked.conversationId, asked.cursor)) {
      applyApiEvent(messages, event);
      const text = textOfKind(messages.get(asked.answerId)?.segments ?? [], 'reasoning');
      seen.push({ at: performance.now(), length: text.length, text });
      if (performance.now() - began > killAfterMs && text !== '') break;
    }
    const killedAt = performance.now();
    await app.kill();

    app = await startApp({ dataFolder, env });
    const after = new ApiClient(app.url);
    after.cookie = cookie;
    const conversation = await after.conversation(asked.conversationId);
    assert.equal(conversation.messages[0]?.parts[0]?.text, question);
    const answer = conversation.messages[1];
    assert.equal(answer?.generation?.state, 'interrupted', `round ${round}`);
    assert.equal(answer?.generation?.error?.kind, 'interrupted');
    const stored = textOfKind(answer?.parts ?? [], 'reasoning');
    const last = seen.at(-1);
    // What is stored is a beginning of what was seen, or goes on from it; and holds all that was two seconds old.
    assert.ok(last && (last.text.startsWith(stored) || stored.startsWith(last.text)), `round ${round}: another text`);
    const mustBeThere = seen.findLast((s) => s.at <= killedAt - 2000)?.length ?? 0;
    assert.ok(stored.length >= mustBeThere, `round ${round}: ${stored.length} of ${mustBeThere} characters`);
    const raw = await after.json<RawText>('GET', `/api/generations/${asked.answerId}/raw`);
    assert.equal(raw.exact, true);
    const thought = raw.pieces.map(({ text }) => text.replace(/^<think>\s*/, '')).join('');
    assert.ok(thought.startsWith(stored), `round ${round}: the exact text is another`);
  }
  assert.equal(await app.stop(), 0);
  const db = new DatabaseSync(path.join(dataFolder, 'thinkglass.db'), { readOnly: true });
  assert.deepEqual(
    db
      .prepare('pragma integrity_check')
      .all()
      .map((r) => ({ ...r })),
    [{ integrity_check: 'ok' }],
  );
  assert.equal(db.prepare("select count(*) as n from generations where state = 'interrupted'").get()?.n, rounds);
  assert.equal(db.prepare('select count(*) as n from checkpoints').get()?.n, 0);
  db.close();
});

test('SIGTERM ends a running answer in order: text kept, marked interrupted, exit code 0', async (t) => {
  const provider = await createFakeProvider({ models: [{ id: model.modelKey, object: 'model' }] });
  t.after(() => provider.close());
  const env = { CUSTOM_BASE_URL: provider.baseURL };
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-term-'));
  t.after(() => rmSync(dataFolder, { recursive: true, force: true }));
  const app = await startApp({ dataFolder, env });
  const client = new ApiClient(app.url);
  const asked = await client.askNew(model, 'Until the server is stopped');
  const messages = new Map<string, MessageState>();
  let stopping: Promise<number | null> | undefined;
  for await (const event of client.events(asked.conversationId, asked.cursor)) {
    applyApiEvent(messages, event);
    const text = textOfKind(messages.get(asked.answerId)?.segments ?? [], 'reasoning');
    if (text.length > 100) stopping ??= app.stop();
  }
  assert.equal(await stopping, 0);
  const again = await startApp({ dataFolder, env });
  const after = new ApiClient(again.url);
  after.cookie = client.cookie;
  const answer = (await after.conversation(asked.conversationId)).messages[1];
  assert.equal(answer?.generation?.state, 'interrupted');
  const seen = textOfKind(messages.get(asked.answerId)?.segments ?? [], 'reasoning');
  assert.equal(textOfKind(answer?.parts ?? [], 'reasoning'), seen);
  assert.equal(await again.stop(), 0);
});
