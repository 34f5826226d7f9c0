import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import { maxPoints, type Spread, thinkingEdges, type TokenLog, type TokenLogFilter } from '../../../lib/token-log.ts';
import type { GenerationResult, NewGeneration } from '../../../lib/server/store/generations.ts';
import { openStore, type Store, type StoreOptions } from '../../../lib/server/store/store.ts';
import { createTokenLog } from '../../../lib/server/store/token-log.ts';
import type { Databases } from './contract.ts';
import type { Usage } from '../../../lib/usage.ts';
import { withEngine } from './engines.ts';
import { createSample, fullResult, noon } from './samples.ts';

const day = 86_400_000;
const isBadRequest = (error: unknown) => error instanceof AppError && error.code === 'bad_request';

/** A generation that has ended; times and tokens as they are given, no health unless it is. */
type Logged = Partial<NewGeneration> &
  Partial<Omit<GenerationResult, 'finish'>> & { finish?: Partial<GenerationResult['finish']> };

async function log(store: Store, ownerId: string, entry: Logged) {
  const { finish, times = { end: 1_000 }, usage, health, ...generation } = entry;
  const sample = await createSample(store, {
    ownerId,
    generation: { recording: false, promptTemplate: 'chat', ...generation },
  });
  const { usage: _, health: __, ...result } = fullResult;
  await store.generations.finish(sample.answerId, {
    ...result,
    times,
    finish: { outcome: 'complete', reason: 'stop', complete: true, ...finish },
    ...(usage && { usage }),
    ...(health && { health }),
  });
  return sample;
}

const thought = (reasoningTokens: number, answerTokens = 10): Usage => ({
  promptTokens: 5,
  reasoningTokens,
  answerTokens,
  source: 'reported',
});

/** The token log's sums, with numbers worked out by hand. */
export function tokenLogContract(engineName: string, start: () => Promise<Databases>): void {
  describe(`the token log on ${engineName}`, () => {
    let databases: Databases;
    let store: Store;
    let options: StoreOptions;
    before(async () => {
      databases = await start();
      options = await databases.create();
      store = await openStore(options);
    });
    after(async () => {
      await store?.close();
      await databases?.stop();
    });

    const read = (ownerId: string, filter: TokenLogFilter = {}, timeZone = 'UTC') =>
      store.tokenLog.read(ownerId, filter, { timeZone });

    test('of nobody is empty, and says nothing of middles and means', async () => {
      const { totals, models, series, points, choices, oldest } = await read(createId());
      assert.deepEqual([models, series, points, choices, oldest], [[], [], [], [], undefined]);
      assert.deepEqual(totals.thinking, { count: 0 });
      assert.deepEqual([totals.generations, totals.cost, totals.languageShare], [0, 0, undefined]);
    });

    test('sums tokens, cost and outcomes, and finds the middle and the ninetieth of a hundred', async () => {
      const owner = createId();
      const times = (thinkingMs: number) => ({
        reasoningStart: 100,
        reasoningEnd: 100 + thinkingMs,
        answerStart: 100 + thinkingMs,
        end: 2_100,
      });
      await log(store, owner, { usage: thought(100, 100), times: times(1_000), finish: { cost: 0.25 } });
      await log(store, owner, { usage: { ...thought(200), source: 'split' }, times: times(500), queuedAt: noon + day });
      await log(store, owner, {
        usage: { ...thought(400), source: 'counted' },
        times: times(500),
        queuedAt: noon + 2 * day,
      });
      await log(store, owner, {
        modelKey: 'v3',
        modelLabel: 'V3',
        promptTemplate: 'r1-zero',
        queuedAt: noon + 2 * day,
        usage: { promptTokens: 5, cachedPromptTokens: 3, reasoningTokens: 0, answerTokens: 20, source: 'estimated' },
        times: { answerStart: 300, end: 1_300 },
        finish: { cost: 0.5 },
      });
      await log(store, owner, {
        finish: { outcome: 'failed', reason: 'error' },
        queuedAt: noon + 2 * day,
        times: { end: 50 },
      });
      const { totals, models, series, step } = await read(owner);
      assert.deepEqual(totals, {
        generations: 5,
        outcomes: { complete: 4, stopped: 0, interrupted: 0, failed: 1 },
        recordings: 0,
        promptTokens: 20,
        cachedPromptTokens: 3,
        reasoningTokens: 700,
        answerTokens: 140,
        thinking: { count: 3, median: 200, p90: 360 },
        firstToken: { count: 4, median: 100, p90: 240 },
        tokensPerSecond: { count: 4, median: 102.5, p90: 175 },
        cost: 0.75,
        priced: 2,
        ranOut: 0,
        formatJudged: 0,
        formatOk: 0,
        languageJudged: 0,
        sources: { reported: 1, split: 1, counted: 1, estimated: 1, none: 1 },
      });
      assert.deepEqual(
        models.map((m) => [m.modelKey, m.modelLabel, m.generations, m.reasoningTokens, m.thinking.median]),
        [
          ['r1', 'R1', 4, 700, 200],
          ['v3', 'V3', 1, 0, undefined],
        ],
      );
      const bins = models[0]?.thinkingLengths.flatMap((n, i) => (n > 0 ? [[thinkingEdges[i], n]] : []));
      assert.deepEqual(bins, [
        [100, 1],
        [178, 1],
        [316, 1],
      ]);
      assert.equal(step, 'hour');
      assert.deepEqual(
        series.map((s) => [s.start, s.generations, s.reasoningTokens, s.answerTokens, s.cost]),
        [
          ['2026-09-21T14:00', 1, 100, 100, 0.25],
          ['2026-09-22T14:00', 1, 200, 10, 0],
          ['2026-09-23T14:00', 3, 400, 30, 0.5],
        ],
      );
    });

    test('leaves out copies, what still runs, and everybody else', async () => {
      const owner = createId();
      const original = await log(store, owner, { usage: thought(50) });
      await createSample(store, { ownerId: owner });
      await log(store, createId(), { usage: thought(7) });
      const { thread } = await store.threads.create(owner, original.conversationId, {
        id: createId(),
        settings: { model: { providerId: 'replay', modelKey: 'r1' }, sampling: {} },
        copy: { threadId: original.threadId, leafId: original.answerId },
      });
      assert.equal(thread.messages.length, 2);
      const { totals, points } = await read(owner);
      assert.deepEqual([totals.generations, totals.reasoningTokens], [1, 50]);
      assert.deepEqual(points, [
        {
          id: original.answerId,
          conversationId: original.conversationId,
          providerId: 'replay',
          modelKey: 'r1',
          queuedAt: noon,
          reasoningTokens: 50,
          answerTokens: 10,
          outcome: 'complete',
        },
      ]);
    });

    test('is narrowed by time, provider, model, template, conversation and recordings', async () => {
      const owner = createId();
      const one = await log(store, owner, { usage: thought(1), providerId: 'a', queuedAt: noon });
      await log(store, owner, { usage: thought(2), providerId: 'b', modelKey: 'x', queuedAt: noon + 1 });
      await log(store, owner, { usage: thought(4), promptTemplate: 'r1-zero', queuedAt: noon + 2 });
      await log(store, owner, { usage: thought(8), recording: true, queuedAt: noon + 3 });
      const filters: [TokenLogFilter, number][] = [
        [{}, 15],
        [{ from: noon + 1, to: noon + 3 }, 6],
        [{ providerId: 'a' }, 1],
        [{ providerId: 'b', modelKey: 'x' }, 2],
        [{ template: 'r1-zero' }, 4],
        [{ conversationId: one.conversationId }, 1],
        [{ recordings: 'only' }, 8],
        [{ recordings: 'none' }, 7],
        [{ providerId: 'nobody' }, 0],
      ];
      for (const [filter, tokens] of filters) {
        const found = await read(owner, filter);
        assert.equal(found.totals.reasoningTokens, tokens, JSON.stringify(filter));
        const rows = await store.tokenLog.list(owner, filter, { limit: 10 });
        assert.equal(
          rows.reduce((sum, row) => sum + (row.reasoningTokens ?? 0), 0),
          tokens,
          JSON.stringify(filter),
        );
        assert.equal(found.choices.length, 3, 'what can be chosen does not depend on what is');
      }
    });

    test('knows who ran out while thinking, and the health of thoughts', async () => {
      const owner = createId();
      const health = (ok: boolean, share: number) => ({
        ...fullResult.health,
        format: { ok, basis: 'tags' as const, problems: [] },
        language: { share, expected: { script: 'Latin' }, words: 4, mixed: [], mixedCount: 0 },
      });
      await log(store, owner, {
        finish: { reason: 'length', complete: false },
        times: { reasoningStart: 1, end: 900 },
        health: health(false, 0.5),
      });
      await log(store, owner, {
        finish: { reason: 'length', complete: false },
        times: { reasoningStart: 1, reasoningEnd: 5, answerStart: 5, end: 900 },
        health: health(true, 1),
      });
      await log(store, owner, {});
      const { totals, points } = await read(owner);
      assert.deepEqual([totals.ranOut, totals.outcomes.complete], [1, 3]);
      assert.deepEqual(
        [totals.formatJudged, totals.formatOk, totals.languageJudged, totals.languageShare],
        [2, 1, 2, 0.75],
      );
      assert.deepEqual(points.map((p) => p.thinkingMs).sort(), [4, 899, undefined]);
    });

    test('counts thinking that nobody saw, but not into the rate of what was seen', async () => {
      const owner = createId();
      await log(store, owner, { usage: thought(5_000, 30), times: { firstByte: 10, answerStart: 9_000, end: 10_000 } });
      const { totals } = await read(owner);
      assert.deepEqual(
        [totals.reasoningTokens, totals.tokensPerSecond.median, totals.firstToken.median],
        [5_000, 30, 9_000],
      );
    });

    test("days are those of the person's clock, also where it is put back", async () => {
      const owner = createId();
      // Berlin puts its clocks back on 25 October 2026 at 01:00 UTC.
      const berlin = ['2026-10-24T21:59:59Z', '2026-10-24T22:00:00Z', '2026-10-25T22:59:59Z', '2026-10-25T23:00:00Z'];
      for (const at of [...berlin, '2026-11-20T00:00:00Z'])
        await log(store, owner, { queuedAt: Date.parse(at), usage: thought(1) });
      const { series, step } = await read(owner, {}, 'Europe/Berlin');
      assert.equal(step, 'day');
      assert.deepEqual(
        series.map((s) => [s.start, s.generations]),
        [
          ['2026-10-24', 1],
          ['2026-10-25', 2],
          ['2026-10-26', 1],
          ['2026-11-20', 1],
        ],
      );
      assert.deepEqual(
        (await read(owner)).series.map((s) => [s.start, s.generations]),
        [
          ['2026-10-24', 2],
          ['2026-10-25', 2],
          ['2026-11-20', 1],
        ],
      );
      await assert.rejects(read(owner, {}, 'Europe/Nowhere'), isBadRequest);
    });

    test('is handed out with the day of the prices behind a cost', async () => {
      const owner = createId();
      await log(store, owner, { usage: thought(3), finish: { cost: 0.25, pricesAsOf: '2026-11' } });
      await log(store, owner, { usage: thought(3), queuedAt: noon + 1 });
      const rows = await store.tokenLog.list(owner, {}, { limit: 9 });
      assert.deepEqual(
        rows.map(({ cost, pricesAsOf }) => [cost, pricesAsOf]),
        [
          [0.25, '2026-11'],
          [null, null],
        ],
      );
    });

    test('is handed out page by page, oldest first, nothing twice', async () => {
      const owner = createId();
      const ids: string[] = [];
      for (const at of [noon, noon, noon, noon + 1, noon + 2])
        ids.push((await log(store, owner, { queuedAt: at, usage: thought(3) })).answerId);
      const seen: string[] = [];
      for (let after: { queuedAt: number; id: string } | undefined; ; ) {
        const rows = await store.tokenLog.list(owner, {}, { limit: 2, ...(after && { after }) });
        seen.push(...rows.map((row) => row.id));
        after = rows.at(-1);
        if (!after) break;
      }
      assert.deepEqual(seen, [...ids.slice(0, 3).sort(), ...ids.slice(3)]);
      assert.ok(seen.length < maxPoints);
    });

    test('loses a deleted conversation for good only when it is gone for good; its points are gone at once', async () => {
      const owner = createId();
      await log(store, owner, { usage: thought(3) });
      const other = await log(store, owner, { usage: thought(4) });
      await store.conversations.delete(owner, other.conversationId);
      const { points } = await read(owner);
      assert.equal(points.length, 1);
    });

    /** The same log, made of every generation and made of the sums of its days. */
    const readBoth = (ownerId: string, filter: TokenLogFilter = {}, timeZone = 'UTC') =>
      withEngine(options, async (engine) => ({
        exact: await createTokenLog(engine).read(ownerId, filter, { timeZone }),
        ofDays: await createTokenLog(engine).read(ownerId, filter, { timeZone, exactUpTo: 0 }),
      }));

    test('of very many generations comes from the sums of its days: all is the same, but middles are within 1 %', async () => {
      const owner = createId();
      const logged = fc.record({
        day: fc.nat({ max: 80 }),
        ms: fc.oneof(fc.constantFrom(0, day - 1, 22 * 3_600_000), fc.nat({ max: day - 1 })),
        providerId: fc.constantFrom('a', 'b'),
        modelKey: fc.constantFrom('x', 'y'),
        promptTemplate: fc.constantFrom('chat' as const, 'r1-zero' as const, undefined),
        recording: fc.boolean(),
        reasoningTokens: fc.oneof(fc.constant(0), fc.nat({ max: 100_000 })),
        cost: fc.option(
          fc.nat({ max: 64 }).map((n) => n / 8),
          { nil: undefined },
        ),
        times: fc.record({ answerStart: fc.nat({ max: 900 }), end: fc.integer({ min: 1_000, max: 9_000 }) }),
        outcome: fc.constantFrom('complete' as const, 'failed' as const, 'stopped' as const),
      });
      const midnight = Math.floor(noon / day) * day;
      for (const entry of fc.sample(logged, { numRuns: 60, seed: 7 })) {
        const { reasoningTokens, cost, outcome, promptTemplate, times } = entry;
        await log(store, owner, {
          ...entry,
          ...(promptTemplate ? { promptTemplate } : { promptTemplate: undefined }),
          queuedAt: midnight + entry.day * day + entry.ms,
          usage: thought(reasoningTokens),
          times: { ...times, ...(reasoningTokens > 0 && { reasoningStart: times.answerStart / 2 }) },
          finish: { outcome, ...(cost !== undefined && { cost }) },
        });
      }
      const filters: TokenLogFilter[] = [
        {},
        { from: midnight + 5 * day + 1, to: midnight + 70 * day - 1 },
        { from: midnight + 10 * day, to: midnight + 11 * day },
        { from: midnight + 20 * day + 1_000, to: midnight + 20 * day + 2_000 },
        { from: midnight + 9_000 * day },
        { providerId: 'a', modelKey: 'y' },
        { template: 'r1-zero', recordings: 'none' },
        { recordings: 'only', to: midnight + 40 * day },
      ];
      let wide = 0;
      for (const filter of filters) {
        for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata']) {
          const { exact, ofDays } = await readBoth(owner, filter, zone);
          assert.deepEqual(withoutMiddles(ofDays), withoutMiddles(exact), JSON.stringify([filter, zone]));
          for (const [was, is] of middlesOf(exact, ofDays)) {
            assert.equal(is.count, was.count);
            assert.equal(was.within, undefined);
            if (is.count > 0 && is.within !== undefined) wide++;
            assertNear(is.median, was.median);
            assertNear(is.p90, was.p90);
          }
        }
      }
      assert.ok(wide > 50, 'some middles came from sums of days');
    });

    test('has the sums of its days made again after whatever is written, also by many at once', async () => {
      const owner = createId();
      const same = async (what: string, generations: number) => {
        const { exact, ofDays } = await readBoth(owner);
        assert.deepEqual(withoutMiddles(ofDays), withoutMiddles(exact), what);
        assert.equal(ofDays.totals.generations, generations, what);
      };
      const first = await log(store, owner, { usage: thought(100) });
      await same('one is finished', 1);
      const running = await createSample(store, { ownerId: owner });
      await same('one is running', 1);
      await store.generations.finish(running.answerId, { ...fullResult, usage: thought(7) });
      await same('it is finished', 2);
      await store.answers.refile(owner, first.answerId, ({ parts }) => ({
        parts: parts.map(({ text }) => ({ kind: 'answer' as const, text })),
        usage: { reasoningTokens: 0, answerTokens: 110, source: 'split' },
      }));
      await same('one is filed otherwise', 2);
      assert.equal((await readBoth(owner)).ofDays.totals.answerTokens, 120);
      await store.trash.put(owner, first.conversationId, noon);
      await same('one is deleted', 1);
      await store.trash.restore(owner, first.conversationId);
      await same('it is back', 2);
      await store.branches.delete(owner, first.answerId);
      await same('its answer is deleted', 1);
      const [one] = await Promise.all([
        log(store, owner, { usage: thought(3) }),
        ...Array.from({ length: 11 }, (_, i) =>
          log(store, owner, { usage: thought(i), queuedAt: noon + (i % 3) * day }),
        ),
        ...Array.from({ length: 4 }, () => readBoth(owner)),
      ]);
      await same('many are finished while many read', 13);
      await store.conversations.delete(owner, one.conversationId);
      await same('one is gone for good', 12);
    });
  });
}

function withoutMiddles(log: TokenLog) {
  const plain = ({ thinking: _, firstToken: __, tokensPerSecond: ___, ...rest }: TokenLog['totals']) => rest;
  return { ...log, totals: plain(log.totals), models: log.models.map(plain) };
}

function middlesOf(...logs: [TokenLog, TokenLog]): [Spread, Spread][] {
  const [exact, ofDays] = logs.map(({ totals, models }) =>
    [totals, ...models].flatMap(({ thinking, firstToken, tokensPerSecond }) => [thinking, firstToken, tokensPerSecond]),
  ) as [Spread[], Spread[]];
  assert.equal(ofDays.length, exact.length);
  return exact.map((spread, i) => [spread, ofDays[i] as Spread]);
}

function assertNear(is: number | undefined, was: number | undefined): void {
  if (is === undefined || was === undefined) assert.equal(is, was);
  else assert.ok(Math.abs(is - was) <= was * 0.01 + 0.001, `${is} is not ${was}`);
}
