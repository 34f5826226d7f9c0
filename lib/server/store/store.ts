import { sql } from 'kysely';
import { createAnswers } from './answers.ts';
import { createAsks } from './asks.ts';
import { createAttachments } from './attachments.ts';
import { createBranches } from './branches.ts';
import { createCheckpoints } from './checkpoints.ts';
import { createConversations } from './conversations.ts';
import { createEngine, type Engine } from './engine.ts';
import { createGenerations } from './generations.ts';
import { createInstances } from './instances.ts';
import { createLabRuns } from './lab-runs.ts';
import { createLabSamples } from './lab-samples.ts';
import { createLabShares } from './lab-shares.ts';
import { assertLatest, migrate } from './migrations.ts';
import { createModelPulls } from './model-pulls.ts';
import { createModelOverrides } from './model-overrides.ts';
import { createProviders } from './own-providers.ts';
import { openPostgres } from './postgres.ts';
import { createRateCounts } from './rate-counts.ts';
import { createRemains } from './remains.ts';
import { createRunning } from './running.ts';
import { createRunCommands } from './run-commands.ts';
import { createSearch } from './search.ts';
import { createShares } from './shares.ts';
import { openSqlite } from './sqlite.ts';
import { createThreads } from './threads.ts';
import { createTokenLog } from './token-log.ts';
import { createTransfers } from './transfers.ts';
import { createTrash } from './trash.ts';

export type StoreOptions = { kind: 'sqlite'; path: string } | { kind: 'postgres'; url: string };

/**
 * What lasts, noun by noun. Every per-person function takes the owner first, and answers for a stranger's id exactly as
 * for an unknown one. What a promise has acknowledged is on the disk. Texts come back with NUL and lone surrogates replaced
 * by U+FFFD. Everything it throws is an AppError: `unavailable` (busy, restarting, stopping), `storage_full`, `internal`,
 * and those named at the functions.
 */
export interface Store extends ReturnType<typeof createStore> {}

/**
 * Opens the store and brings its tables up to date.
 * @throws AppError `unavailable` when it cannot be reached, opened, or was written by a newer version of this program.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const engine = await openEngine(options);
  try {
    return createStore(engine, await readVersion(engine));
  } catch (error) {
    await engine.close().catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

/**
 * Opens a database as the nouns use it, its tables up to date.
 * @param options.asItIs its tables are not brought up to date; they must be
 * @throws AppError as `openStore` does; `conflict` when it is to be taken as it is and is older.
 */
export async function openEngine(options: StoreOptions & { asItIs?: true }): Promise<Engine> {
  const engine = createEngine(options.kind === 'sqlite' ? await openSqlite(options) : openPostgres(options));
  try {
    await (options.asItIs ? assertLatest(engine) : migrate(engine, { at: Date.now() }));
    return engine;
  } catch (error) {
    await engine.close().catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

async function readVersion(engine: Engine): Promise<string> {
  const query =
    engine.kind === 'sqlite'
      ? sql<{ version: string }>`select sqlite_version() as version`
      : sql<{ version: string }>`select current_setting('server_version') as version`;
  const { rows } = await engine.read((db) => query.execute(db));
  return rows[0]?.version ?? '';
}

function createStore(engine: Engine, version: string) {
  return {
    conversations: createConversations(engine),
    trash: createTrash(engine),
    threads: createThreads(engine),
    branches: createBranches(engine),
    asks: createAsks(engine),
    attachments: createAttachments(engine),
    checkpoints: createCheckpoints(engine),
    running: createRunning(engine),
    runCommands: createRunCommands(engine),
    generations: createGenerations(engine),
    answers: createAnswers(engine),
    providers: createProviders(engine),
    modelOverrides: createModelOverrides(engine),
    transfers: createTransfers(engine),
    search: createSearch(engine),
    shares: createShares(engine),
    tokenLog: createTokenLog(engine),
    instances: createInstances(engine),
    rateCounts: createRateCounts(engine),
    modelPulls: createModelPulls(engine),
    remains: createRemains(engine),
    labRuns: createLabRuns(engine),
    labSamples: createLabSamples(engine),
    labShares: createLabShares(engine),

    /** Which engine, where (never a password), which version. */
    describe: () => ({ kind: engine.kind, place: engine.place, version }),
    /** @throws AppError `unavailable` when the database does not answer. */
    async ping(): Promise<void> {
      await engine.read((db) => db.selectFrom('instances').select('id').limit(1).execute());
    },
    /** Waits for what is under way; later calls are refused. */
    close: () => engine.close(),
  };
}
