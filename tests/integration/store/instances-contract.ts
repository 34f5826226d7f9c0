import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createId } from '../../../lib/ids.ts';
import { Unbegun } from '../../../lib/server/generation/unbegun.ts';
import { refuseMixture } from '../../../lib/server/liveness.ts';
import type { RunCommand } from '../../../lib/server/store/run-commands.ts';
import { openStore, type Store, type StoreOptions } from '../../../lib/server/store/store.ts';
import type { StreamPart } from '../../../lib/stream-part.ts';
import { type Databases, searchBy } from './contract.ts';
import { withEngine } from './engines.ts';
import { createSample, fullResult, partsOf, type Sample, someParts } from './samples.ts';

/** What every engine promises about what dead processes have left running; run on real ones. */
export function instancesContract(engine: string, start: () => Promise<Databases>): void {
  describe(`leftovers of dead processes on ${engine}`, () => {
    let databases: Databases;
    let store: Store;
    before(async () => {
      databases = await start();
      store = await openStore(await databases.create());
    });
    after(async () => {
      await store?.close();
      await databases?.stop();
    });

    /** A store on a database of its own, closed when `use` is done. */
    async function withFreshStore(use: (fresh: Store, options: StoreOptions) => Promise<void>): Promise<void> {
      const options = await databases.create();
      const fresh = await openStore(options);
      try {
        await use(fresh, options);
      } finally {
        await fresh.close();
      }
    }

    test('are kept with their text and marked interrupted', async () => {
      await withFreshStore(async (fresh) => {
        const sample = await createSample(fresh, { generation: { instanceId: 'dead' } });
        await fresh.instances.renew({ id: 'dead', host: 'here', pid: 41 });
        await fresh.checkpoints.append([{ generationId: sample.answerId, seq: 0, parts: someParts }]);
        const notice: StreamPart = { type: 'notice', notice: { code: 'in-one-piece', facts: { provider: 'Lab' } } };
        const later: StreamPart = {
          type: 'state',
          phase: 'thinking',
          times: { firstByte: 5, reasoningStart: 6 },
          at: 750.5,
        };
        await fresh.checkpoints.append([{ generationId: sample.answerId, seq: 1, parts: [notice, later] }]);
        assert.equal(await fresh.instances.interruptLeftovers(searchBy('me')), 1);
        assert.equal(await fresh.instances.interruptLeftovers(searchBy('me')), 0);
        const generation = await fresh.generations.find(sample.ownerId, sample.answerId);
        assert.equal(generation?.state, 'interrupted');
        assert.deepEqual(generation?.finish, { outcome: 'interrupted', reason: 'unknown', complete: false });
        assert.equal(generation?.error?.kind, 'interrupted');
        assert.deepEqual(generation?.times, { firstByte: 5, reasoningStart: 6, reasoningEnd: 750.5, end: 750.5 });
        assert.deepEqual(generation?.notices, [{ code: 'in-one-piece', facts: { provider: 'Lab' } }]);
        assert.deepEqual(
          (await partsOf(fresh, sample))?.map((part) => part.text),
          ['Let me think.', 'It is'],
        );
        assert.equal(await fresh.generations.finish(sample.answerId, fullResult), false);
      });
    });

    test('an end that had been seen stands', async () => {
      const sample = await createSample(store, { generation: { instanceId: 'dead' } });
      const times = { firstByte: 1, answerStart: 2, end: 3 };
      const end: StreamPart = { type: 'finish', finish: fullResult.finish, times };
      const parts: StreamPart[] = [{ type: 'delta', seg: 0, kind: 'answer', text: 'Done.' }, end];
      await store.checkpoints.append([{ generationId: sample.answerId, seq: 0, parts }]);
      await store.instances.interruptLeftovers(searchBy(createId()));
      const generation = await store.generations.find(sample.ownerId, sample.answerId);
      assert.equal(generation?.state, 'complete');
      assert.deepEqual(generation?.finish, fullResult.finish);
      assert.deepEqual(generation?.times, times);
      assert.equal(generation?.error, undefined);
    });

    /** A process that renewed its lease so long ago, by the database's clock; what it runs is asked by a stranger. */
    async function enter(
      fresh: Store,
      options: StoreOptions,
      instance: { id: string; host: string; pid: number; silentMs?: number },
    ): Promise<void> {
      const { silentMs = 0, ...row } = instance;
      await fresh.instances.renew(row);
      await withEngine(options, (engine) =>
        engine.write((db) =>
          db
            .updateTable('instances')
            .set(({ eb }) => ({ heartbeat_at: eb('heartbeat_at', '-', silentMs) }))
            .where('id', '=', row.id)
            .execute(),
        ),
      );
    }

    test('are told from what living processes run', async () => {
      await withFreshStore(async (fresh, options) => {
        const me = { id: 'me', host: 'here', pid: 7 };
        await enter(fresh, options, me);
        const others = [
          { id: 'beside me', host: 'here', pid: 8, dead: false },
          { id: 'on another host', host: 'there', pid: 9, dead: false },
          { id: 'kept alive', host: 'there', pid: 9, silentMs: 5_000, dead: false },
          { id: 'my earlier life', host: 'here', pid: 7, dead: true },
          { id: 'its process is gone', host: 'here', pid: 9, dead: true },
          { id: 'not heard of for long', host: 'there', pid: 9, silentMs: 30_001, dead: true },
          { id: 'renewed before the clock was set back', host: 'there', pid: 9, silentMs: -3_600_000, dead: true },
        ];
        for (const { dead: _, ...other } of others) await enter(fresh, options, other);
        const dead = new Set(['never registered', ...others.filter((o) => o.dead).map((o) => o.id)]);
        const ids = ['me', 'never registered', ...others.map((o) => o.id)];
        const samples = await Promise.all(
          ids.map(async (instanceId) => ({
            instanceId,
            ...(await createSample(fresh, { generation: { instanceId } })),
          })),
        );
        const contactAt = await fresh.instances.renew(me);
        const search = { instance: me, isAlive: (pid: number) => pid !== 9, leaseMs: 30_000, contactAt };
        assert.equal(await fresh.instances.interruptLeftovers(search), dead.size);
        for (const { instanceId, ownerId, answerId } of samples) {
          const state = (await fresh.generations.find(ownerId, answerId))?.state;
          assert.equal(state, dead.has(instanceId) ? 'interrupted' : 'running', instanceId);
        }
      });
    });

    test('are left to processes that were silent while we were too, and whose numbers say nothing', async () => {
      await withFreshStore(async (fresh, options) => {
        const me = { id: 'me', host: '', pid: 0 };
        await enter(fresh, options, { id: 'silent', host: '', pid: 0, silentMs: 3_600_000 });
        const { ownerId, answerId } = await createSample(fresh, { generation: { instanceId: 'silent' } });
        const now = await fresh.instances.renew(me);
        const search = { instance: me, isAlive: () => false, leaseMs: 30_000 };
        assert.equal(await fresh.instances.interruptLeftovers(search), 0);
        assert.equal(await fresh.instances.interruptLeftovers({ ...search, contactAt: now - 60_000 }), 0);
        // It comes back, with a checkpoint.
        await fresh.checkpoints.append([{ generationId: answerId, seq: 0, parts: someParts }], 'silent');
        assert.equal(await fresh.instances.interruptLeftovers({ ...search, contactAt: now }), 0);
        assert.equal((await fresh.generations.find(ownerId, answerId))?.state, 'running');
        await fresh.instances.leave('silent');
        assert.equal(await fresh.instances.interruptLeftovers(search), 1);
      });
    });

    test('a process that does not go with one that lives is refused, with the reason', async () => {
      await withFreshStore(async (fresh) => {
        const times = { lease: 600_000, brokenAfter: 40 };
        const mine = { id: 'me', host: 'here', pid: 1, secretMark: 'a' };
        const living = { id: 'it', host: 'here', pid: 2, secretMark: 'b' };
        await refuseMixture(fresh, mine, times); // it is alone
        await fresh.instances.renew(living);
        await refuseMixture(fresh, mine, times); // that one renews no more
        const renewing = setInterval(() => void fresh.instances.renew(living), 5);
        await assert.rejects(refuseMixture(fresh, mine, { ...times, brokenAfter: 1_000 }), /THINKGLASS_SECRET/);
        await refuseMixture(fresh, { ...mine, secretMark: 'b' }, times);
        await assert.rejects(
          refuseMixture(fresh, { ...mine, host: 'there' }, { ...times, brokenAfter: 1_000 }),
          /another host/,
        );
        clearInterval(renewing);
      });
    });

    test('what is counted at several processes is one count', async () => {
      await withFreshStore(async (fresh, options) => {
        const other = await openStore(options);
        const windowMs = 100 * 365 * 86_400_000;
        const added = await Promise.all(
          [fresh, other, fresh, other].map((store) => store.rateCounts.add({ keys: ['mine', 'all'], windowMs })),
        );
        assert.deepEqual(added.map(({ counts }) => counts[0]).sort(), [1, 2, 3, 4]);
        const { counts, leftMs } = await other.rateCounts.add({ keys: ['theirs', 'all'], windowMs });
        assert.deepEqual(counts, [1, 5]);
        assert.ok(leftMs > 0 && leftMs <= windowMs);
        await other.close();
      });
    });

    test('of processes that are long over nothing is kept', async () => {
      await withFreshStore(async (fresh, options) => {
        const me = { id: 'me', host: '', pid: 0 };
        for (const [id, silentMs] of [
          ['yesterday', 86_400_000],
          ['just now', 60_000],
        ] as const) {
          await enter(fresh, options, { id, host: '', pid: 0, silentMs });
        }
        await fresh.instances.renew(me);
        await fresh.instances.interruptLeftovers({ instance: me, isAlive: () => false, leaseMs: 30_000 });
        assert.deepEqual((await fresh.instances.list()).map(({ id }) => id).sort(), ['just now', 'me']);
      });
    });

    test('are each ended once, however many look for them', async () => {
      await withFreshStore(async (fresh) => {
        await Promise.all(Array.from({ length: 6 }, () => createSample(fresh, { generation: { instanceId: 'dead' } })));
        const counts = await Promise.all([1, 2, 3].map((n) => fresh.instances.interruptLeftovers(searchBy(`me ${n}`))));
        assert.equal(
          counts.reduce((a, b) => a + b),
          6,
        );
      });
    });

    test('what a living process was to run and never began is ended at its second look', async () => {
      await withFreshStore(async (fresh) => {
        const mine = { generation: { instanceId: 'me' } };
        const [begun, unbegun] = [await createSample(fresh, mine), await createSample(fresh, mine)];
        const theirs = await createSample(fresh, { generation: { instanceId: 'another' } });
        const running = [begun.answerId];
        const lost = new Unbegun(fresh, { instanceId: 'me', running: () => running });
        const stateOf = async ({ ownerId, answerId }: Sample) =>
          (await fresh.generations.find(ownerId, answerId))?.state;
        assert.equal(await lost.settle(), 0);
        const late = await createSample(fresh, mine); // stored between two looks, and begun after the second
        assert.equal(await lost.settle(), 1);
        running.push(late.answerId);
        assert.equal(await lost.settle(), 0);
        assert.equal(await stateOf(unbegun), 'interrupted');
        for (const sample of [begun, late, theirs]) assert.equal(await stateOf(sample), 'running');
      });
    });

    test('a command that comes while another one is obeyed is not taken away with it', async () => {
      await withFreshStore(async ({ runCommands }) => {
        const send = (command: RunCommand) =>
          runCommands.send({ command, generationIds: ['g1', 'g2'], at: Date.now() });
        await send('answer-now');
        const seen = await runCommands.list();
        await runCommands.send({ command: 'stop', generationIds: ['g1'], at: Date.now() });
        await runCommands.remove(seen);
        assert.deepEqual(await runCommands.list(), [{ generationId: 'g1', command: 'stop' }]);
      });
    });
  });
}
