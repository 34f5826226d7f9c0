import type { PhaseTimes } from '../../stream-part.ts';
import { type JoinedAnswer, joinedAnswers } from './checkpoints.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { completeGeneration, type GenerationResult } from './generations.ts';
import { rawOfCheckpoints } from './answers.ts';
import type { InstanceRow } from './schema.ts';

/** A server process as it enters itself when it starts. */
interface NewInstance {
  id: string;
  host: string;
  pid: number;
  /** Epoch ms. */
  at: number;
}

export interface LeftoverSearch {
  /** The process that looks. */
  instanceId: string;
  host: string;
  /** Whether a process of this host is there. */
  isAlive(pid: number): boolean;
  /** Epoch ms. */
  at: number;
  /** A process that has not been heard of for longer is taken for dead. */
  staleAfterMs: number;
}

/** Server processes. */
export function createInstances(engine: Engine) {
  return bind(engine, {
    register: registerInstance,
    heartbeat,
    interruptLeftovers,
  });
}

async function registerInstance(engine: Engine, instance: NewInstance): Promise<void> {
  const { id, host, pid, at } = instance;
  await engine.write((db) =>
    db
      .insertInto('instances')
      .values({ id, host, pid, started_at: at, heartbeat_at: at })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ host, pid, heartbeat_at: at }))
      .execute(),
  );
}

/** Says that a process lives. `at`: epoch ms. */
async function heartbeat(engine: Engine, instanceId: string, at: number): Promise<void> {
  await engine.write((db) =>
    db.updateTable('instances').set({ heartbeat_at: at }).where('id', '=', instanceId).execute(),
  );
}

/** Ends what dead processes have left running, keeping what had arrived; answers how many. */
async function interruptLeftovers(engine: Engine, search: LeftoverSearch): Promise<number> {
  const ids = await engine.read((db) => listLeftovers(db, search));
  let interrupted = 0;
  for (const id of ids) {
    if (await engine.write((db) => interrupt(engine, db, id))) interrupted += 1;
  }
  return interrupted;
}

/** Tells of a process whether it is dead; the one that looks is not. */
export async function deathFinder(db: Db, search: LeftoverSearch): Promise<(instanceId: string) => boolean> {
  const instances = new Map((await db.selectFrom('instances').selectAll().execute()).map((row) => [row.id, row]));
  const own = instances.get(search.instanceId);
  return (id) => id !== search.instanceId && isDead(instances.get(id), own, search);
}

async function listLeftovers(db: Db, search: LeftoverSearch): Promise<string[]> {
  const isLeft = await deathFinder(db, search);
  const running = await db
    .selectFrom('generations')
    .select(['id', 'instance_id'])
    .where('state', '=', 'running')
    .orderBy('id')
    .execute();
  return running.filter((row) => isLeft(row.instance_id)).map((row) => row.id);
}

function isDead(instance: InstanceRow | undefined, own: InstanceRow | undefined, search: LeftoverSearch): boolean {
  if (!instance) return true;
  if (instance.heartbeat_at < search.at - search.staleAfterMs) return true;
  if (instance.host !== search.host) return false;
  // Containers give every process the same number, so one that has ours is an earlier life of ours.
  return instance.pid === own?.pid || !search.isAlive(instance.pid);
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
