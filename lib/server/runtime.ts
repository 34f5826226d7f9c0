import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Config, getConfig } from './config.ts';
import { Asker } from './generation/ask.ts';
import { ModelHabits } from './generation/model-habits.ts';
import { type LostText, Runs } from './generation/run.ts';
import type { RunLog } from './generation/run-log.ts';
import { RedisBus } from './generation/run-log-redis.ts';
import { StoreRunLog } from './generation/run-log-store.ts';
import { Unbegun } from './generation/unbegun.ts';
import { ProviderSettings } from './provider-settings.ts';
import { createAddressGuard } from './calls/address-guard.ts';
import { Lab } from './lab/lab.ts';
import { createInsideAdapter } from './protocols/inside/adapter.ts';
import { insideLabel, listInsideModels } from './protocols/inside/models.ts';
import { createInstance, Liveness, refuseMixture } from './liveness.ts';
import { ModelPulls } from './model-pulls.ts';
import { shareCounts } from './rate-limit.ts';
import { findTroubles, type ReadinessTrouble } from './readiness.ts';
import { createRegistry, type Registry } from './providers/registry.ts';
import { createReplayProvider } from './recordings.ts';
import { createUpstreamFetch } from './calls/upstream-fetch.ts';
import { SearchIndexer } from './search-indexer.ts';
import { openStore, type Store } from './store/store.ts';
import { StoreClock } from './store/store-clock.ts';
import { StoreHealth } from './store/store-health.ts';
import type { GenerationFacts } from './telemetry/generation-facts.ts';
import { openTelemetry, type Telemetry } from './telemetry/telemetry.ts';
import { TokenCounter } from './tokenizer/token-counter.ts';
import { ViewerModels } from './viewer-models.ts';
import { KeptModels } from './training/kept-models.ts';
import { TrainingRoom } from './training/training-room.ts';
import { ZeroTexts } from './zero.ts';

/** Everything this process has one of. */
export interface Runtime {
  config: Config;
  instanceId: string;
  store: Store;
  /** What time it is for all processes on the store. */
  clock: StoreClock;
  /** Whether what has to be saved can be. */
  storeHealth: StoreHealth;
  /** What the server offers to everyone. */
  registry: Registry;
  /** What each person can ask. */
  models: ViewerModels;
  settings: ProviderSettings;
  runs: Runs;
  /** What running answers say, here and in other processes on the same store. */
  runLog: RunLog;
  counter: TokenCounter;
  telemetry: Telemetry;
  pulls: ModelPulls;
  asker: Asker;
  lab: Lab;
  zero: ZeroTexts;
  /** What is trained here, and the models that were. */
  training: TrainingRoom;
  kept: KeptModels;
  searchIndexer: SearchIndexer;
  /** Answers interrupted by an earlier end of the server, found at this start. */
  interruptedAtStart: number;
  /** Why no new work should be sent here; none: it should. */
  troubles(): Promise<ReadinessTrouble[]>;
  /** Takes nothing new; resolves when what runs is over, or has had its time. */
  drain(): Promise<void>;
  /** Answers what could not be saved. */
  shutDown(): Promise<LostText>;
}

/** So long a deletion can be taken back; the next renewal of the lease, or the next start, makes it final. */
const purgeAfterMs = 30_000;

// Next.js evaluates a route's modules more than once (per bundle, and again on each change in development).
const place = globalThis as { thinkglassRuntime?: Promise<Runtime> };

/** The runtime, opened at the first call. A failed opening is tried again at the next. */
export function getRuntime(): Promise<Runtime> {
  place.thinkglassRuntime ??= openRuntime(getConfig()).catch((error: unknown) => {
    delete place.thinkglassRuntime;
    throw error;
  });
  return place.thinkglassRuntime;
}

/** Opens the store, settles what an earlier process left running, and looks for model servers. */
async function openRuntime(config: Config): Promise<Runtime> {
  const store = await openStore(config.store);
  const instance = createInstance(store.describe().kind, config.secret);
  const storeHealth = new StoreHealth();
  const clock = new StoreClock();
  const liveness = new Liveness(store, { instance, health: storeHealth, clock });
  const interruptedAtStart = await liveness.start();
  // Behind our own lease: of two that start together each sees the other.
  await refuseMixture(store, instance).catch(async (error: unknown) => {
    await liveness.close();
    await store.close();
    throw error;
  });

  const upstream = createUpstreamFetch({ connectMs: config.limits.connectMs });
  const guard = createAddressGuard({ isPublic: config.isPublic, ownPort: config.port });
  const kept = new KeptModels(path.join(config.dataFolder, 'models'));
  const inside = createInsideAdapter({
    label: insideLabel,
    tokensPerSecond: config.insideTokensPerSecond,
    records: () => kept.all(),
  });
  const registry = createRegistry({
    keys: config.keys,
    custom: config.custom,
    ...(config.localServers && { localServers: config.localServers }),
    limits: config.limits,
    isPublic: config.isPublic,
    fetch: upstream,
    replay: createReplayProvider({ speed: config.replaySpeed, limits: config.limits }),
    inside: { adapter: inside, models: listInsideModels(kept.all()), label: insideLabel },
  });
  await registry.discover();
  registry.watch();
  const habits = new ModelHabits();
  const models = new ViewerModels({
    habits,
    store,
    registry,
    limits: config.limits,
    secret: config.secret,
    fetch: upstream,
    guardedFetch: createUpstreamFetch({ connectMs: config.limits.connectMs, guard }),
  });
  const settings = new ProviderSettings({ store, registry, models, guard, config });

  const telemetry = await openTelemetry(config, () => runs.count);
  const counter = new TokenCounter();
  const indexer = new SearchIndexer(store.search);
  indexer.poke(); // what an older version has stored
  const onEnd = (facts: GenerationFacts) => {
    telemetry.ended(facts);
    indexer.poke();
    void runs.whenDone(facts.id).then(() => lab.poke());
  };
  const instanceId = instance.id;
  const runLog = new StoreRunLog({
    store,
    instanceId,
    health: storeHealth,
    clock,
    ...(config.redisUrl !== undefined && { bus: new RedisBus({ url: config.redisUrl, instanceId }) }),
  });
  const runs = new Runs(store, runLog, { instanceId, health: storeHealth, counter, onEnd });
  const asker = new Asker({ store, models, runs, runLog, habits, instanceId, clock });
  const lab = new Lab({
    store,
    runs,
    models,
    habits,
    instanceId,
    version: config.version,
    isOwnMachine: (id) => registry.findServer(id)?.local ?? false,
    recordedFolder: path.resolve('public/lab'),
  });
  const zero = new ZeroTexts();
  const training = new TrainingRoom({
    kept,
    isAllowed: !config.isPublic,
    onKept: () => registry.setInside(listInsideModels(kept.all())),
  });
  const unbegun = new Unbegun(store, { instanceId, running: () => runs.ids() });
  await liveness.tend(async (search) => {
    if ((await unbegun.settle()) > 0) console.warn('liveness: what was stored here and never begun was ended');
    await store.trash.purge(clock.now() - purgeAfterMs);
    await lab.tend(search); // runs that an earlier process had to leave
    await store.remains.wipe();
    runs.admissions.isShared = await liveness.othersLive();
    shareCounts(runs.admissions.isShared ? store.rateCounts : undefined);
  });

  return {
    config,
    instanceId,
    store,
    clock,
    storeHealth,
    registry,
    pulls: new ModelPulls(models, store.modelPulls),
    models,
    settings,
    runs,
    runLog,
    counter,
    telemetry,
    asker,
    lab,
    zero,
    training,
    kept,
    searchIndexer: indexer,
    interruptedAtStart,
    troubles: () => findTroubles({ config, runs, storeHealth, silentMs: liveness.silentMs }),
    async drain() {
      lab.close();
      await Promise.race([runs.finishAll(), delay(config.drainMs, undefined, { ref: false })]);
    },
    async shutDown() {
      registry.close();
      lab.close();
      await zero.close();
      await training.close();
      const lost = await runs.shutDown();
      await inside.close();
      await liveness.close();
      await counter.close();
      await indexer.close();
      await telemetry.close();
      await store.close();
      return lost;
    },
  };
}
