import type { PhaseTimes } from '../../stream-part.ts';
import { rawOfCheckpoints } from './answers.ts';
import { type JoinedAnswer, joinedAnswers } from './checkpoints.ts';
import { databaseNow } from './clock.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { completeGeneration, type GenerationResult } from './generations.ts';
import type { InstanceRow } from './schema.ts';

/** A server process as it enters itself. */
export interface Instance {
  id: string;
  /** Where its number means something; empty where a number says nothing. */
  host: string;
  pid: number;
  /** By which its secret is told from another one. */
  secretMark?: string;
}

export interface LeftoverSearch {
  /** The process that looks. */
  instance: Instance;
  /** Whether a process of this host is there. */
  isAlive(pid: number): boolean;
  /** A process that has renewed nothing for longer, by the database's clock, may be taken for dead. */
  leaseMs: number;
  /**
   * When the process that looks last heard of the database, by its clock, if it has heard of it without a break for as long
   * as a lease; only then leases say something. Absent: somebody who is away as we were may live.
   */
  contactAt?: number;
}

/** So much older than the last contact the look at leases may be; else the database, or we, have paused in between. */
const contactHoldsMs = 6_000;
/** Rows of processes that are long over are taken away. */
const forgottenAfterMs = 3_600_000;

/** Server processes. Each holds a lease on what it runs, by the database's clock: the moment of its last renewal. */
export function createInstances(engine: Engine) {
  return bind(engine, {
    renew: renewLease,
    leave: leaveInstances,
    list: listInstances,
    interruptLeftovers,
    listRunning: listRunningOf,
    interrupt: interruptAll,
  });
}

/** Says that a process lives. @returns the database's moment, epoch ms. */
async function renewLease(engine: Engine, { id, host, pid, secretMark }: Instance): Promise<number> {
  const now = databaseNow(engine);
  const { heartbeat_at: at } = await engine.write((db) =>
    db
      .insertInto('instances')
      .values({ id, host, pid, started_at: now, heartbeat_at: now, secret_mark: secretMark ?? null })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ heartbeat_at: now }))
      .returning('heartbeat_at')
      .executeTakeFirstOrThrow(),
  );
  return at;
}

/** A process is over, in order: what it still runs by then is left over at once. */
async function leaveInstances(engine: Engine, instanceId: string): Promise<void> {
  await engine.write((db) => db.deleteFrom('instances').where('id', '=', instanceId).execute());
}

/** All processes that are known; `silentMs`: since its last renewal. */
async function listInstances(engine: Engine): Promise<(Instance & { heartbeatAt: number; silentMs: number })[]> {
  const rows = await engine.read((db) => listRows(engine, db));
  return rows.map(({ id, host, pid, heartbeat_at: heartbeatAt, secret_mark: secretMark, now }) => {
    return { id, host, pid, heartbeatAt, silentMs: now - heartbeatAt, ...(secretMark !== null && { secretMark }) };
  });
}

/** Ends what dead processes have left running, keeping what had arrived; answers how many. */
async function interruptLeftovers(engine: Engine, search: LeftoverSearch): Promise<number> {
  const { leftovers, forgotten } = await engine.read((db) => findLeftovers(engine, db, search));
  let interrupted = 0;
  for (const leftover of leftovers) {
    if (await engine.write((db) => interruptOnce(engine, db, leftover))) interrupted += 1;
  }
  if (forgotten.length > 0) {
    await engine.write((db) => db.deleteFrom('instances').where('id', 'in', forgotten).execute());
  }
  return interrupted;
}

/** Ids of what a process runs, as far as the store knows. */
async function listRunningOf(engine: Engine, instanceId: string): Promise<string[]> {
  const rows = await engine.lookUpOnce((db) =>
    db
      .selectFrom('generations')
      .select('id')
      .where('state', '=', 'running')
      .where('instance_id', '=', instanceId)
      .orderBy('id')
      .execute(),
  );
  return rows.map(({ id }) => id);
}

/** Ends these as they stand, unless they are over; answers how many. */
async function interruptAll(engine: Engine, ids: readonly string[]): Promise<number> {
  let interrupted = 0;
  for (const id of ids) if (await engine.write((db) => interrupt(engine, db, id))) interrupted += 1;
  return interrupted;
}

/** Tells of a process whether it is dead; the one that looks is not. */
export async function deathFinder(
  engine: Engine,
  db: Db,
  search: LeftoverSearch,
): Promise<(instanceId: string) => boolean> {
  const rows = await listRows(engine, db);
  const instances = new Map(rows.map((row) => [row.id, row]));
  return (id) => id !== search.instance.id && isDead(instances.get(id), search);
}

type RowNow = InstanceRow & { now: number };

function listRows(engine: Engine, db: Db): Promise<RowNow[]> {
  return db.selectFrom('instances').selectAll().select(databaseNow(engine).as('now')).orderBy('id').execute();
}

interface Leftover {
  id: string;
  /** The row of its process as it was looked at. */
  instance: InstanceRow | undefined;
}

async function findLeftovers(
  engine: Engine,
  db: Db,
  search: LeftoverSearch,
): Promise<{ leftovers: Leftover[]; forgotten: string[] }> {
  const rows = await listRows(engine, db);
  const running = await db
    .selectFrom('generations')
    .select('instance_id')
    .distinct()
    .where('state', '=', 'running')
    .where('instance_id', '!=', search.instance.id)
    .execute();
  const runs = new Set(running.map((row) => row.instance_id));
  const instances = new Map(rows.map((row) => [row.id, row]));
  const dead = [...runs].filter((id) => isDead(instances.get(id), search));
  const left =
    dead.length === 0
      ? []
      : await db
          .selectFrom('generations')
          .select(['id', 'instance_id'])
          .where('state', '=', 'running')
          .where('instance_id', 'in', dead)
          .orderBy('id')
          .execute();
  const forgotten = rows.filter((row) => row.heartbeat_at < row.now - forgottenAfterMs && !runs.has(row.id));
  return {
    leftovers: left.map(({ id, instance_id }) => ({ id, instance: instances.get(instance_id) })),
    forgotten: forgotten.map(({ id }) => id).filter((id) => id !== search.instance.id),
  };
}

function isDead(row: RowNow | undefined, { instance, isAlive, leaseMs, contactAt }: LeftoverSearch): boolean {
  if (!row) return true;
  if (instance.host !== '' && row.host === instance.host) {
    // Containers give every process the same number, so one that has ours is an earlier life of ours.
    if (row.pid === instance.pid || !isAlive(row.pid)) return true;
  }
  if (contactAt === undefined || Math.abs(row.now - contactAt) > contactHoldsMs) return false;
  // One of the future was renewed before the database's clock was set back.
  return row.heartbeat_at < row.now - leaseMs || row.heartbeat_at > row.now + leaseMs;
}

/** Unless its process has renewed since it was looked at: then it lives. */
async function interruptOnce(engine: Engine, db: Db, { id, instance }: Leftover): Promise<boolean> {
  if (instance) {
    const query = db.selectFrom('instances').select('heartbeat_at').where('id', '=', instance.id);
    const row = await engine.lock(query).executeTakeFirst();
    if (row && row.heartbeat_at !== instance.heartbeat_at) return false;
  }
  return interrupt(engine, db, id);
}

async function interrupt(engine: Engine, db: Db, id: string): Promise<boolean> {
  const query = db.selectFrom('generations').select('id').where('id', '=', id).where('state', '=', 'running');
  if (!(await engine.lock(query).executeTakeFirst())) return false;
  const answer = (await joinedAnswers(db, [id])).get(id);
  if (!answer) return false;
  const raw = await rawOfCheckpoints(db, id);
  return completeGeneration(db, id, { ...resultOfLeftover(answer), ...(raw && { raw }) });
}

/** What a dead process has left, as a result. If it had come to the end and only the last write was missing, that end stands. */
function resultOfLeftover({ parts, state, lastAt }: JoinedAnswer): GenerationResult {
  const common = { parts, notices: state.notices, ...(state.usage && { usage: state.usage }) };
  if (state.finish) {
    return { ...common, finish: state.finish, times: state.times, ...(state.error && { error: state.error }) };
  }
  return {
    ...common,
    times: endedTimes(state.times, lastAt),
    finish: { outcome: 'interrupted', reason: 'unknown', complete: false },
    error: { kind: 'interrupted', code: 'server-stopped', facts: {} },
  };
}

function endedTimes(times: PhaseTimes, end: number | undefined): PhaseTimes {
  if (end === undefined) return times;
  const endedWhileThinking = times.reasoningStart !== undefined && times.reasoningEnd === undefined;
  return { ...times, ...(endedWhileThinking && { reasoningEnd: end }), end };
}
