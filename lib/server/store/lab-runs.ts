import type { SettingFigures } from '../../lab/figures.ts';
import type { LabQuestion } from '../../lab/question.ts';
import type { LabPlan, LabSetting, RunFacts, RunPause, RunState } from '../../lab/run.ts';
import { sql } from 'kysely';
import { AppError } from '../../errors.ts';
import { deletedOwner } from './deleted-owner.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { deathFinder, type LeftoverSearch } from './instances.ts';
import type { LabRunRow } from './schema.ts';
import { cleanText, renderJson } from './stored-text.ts';

/** A run as it is kept. */
export interface StoredRun {
  id: string;
  ownerId: string;
  title: string;
  state: RunState;
  pause?: RunPause;
  plan: LabPlan;
  facts: RunFacts;
  settings: LabSetting[];
  planned: number;
  /** Grows with everything that its figures are made of. */
  version: number;
  /** The process that asks its samples; absent: none. */
  instanceId?: string;
  activeMs: number;
  createdAt: number;
  updatedAt: number;
}

/** Figures as they were made, so that a page need not make them again. */
export interface StoredFigures {
  figures: SettingFigures[];
  version: number;
  /** Epoch ms. */
  at: number;
}

export interface NewStoredRun extends Pick<StoredRun, 'id' | 'title' | 'plan' | 'facts' | 'settings'> {
  questions: readonly LabQuestion[];
  at: number;
}

/** States in which somebody asks a run's samples. */
const activeStates: readonly RunState[] = ['piloting', 'running', 'pausing'];

/** Runs of the lab, with their questions. */
export function createLabRuns(engine: Engine) {
  return bind(engine, {
    create: createRun,
    find: findRun,
    list: listRuns,
    listLeft,
    change: changeRun,
    hold: holdRun,
    addSamples,
    delete: deleteRun,
    readQuestions,
    findFigures,
    saveFigures,
  });
}

/**
 * Stores a run with its questions and one row a planned sample. The same id again makes nothing.
 * @throws AppError `conflict` when the id is somebody else's.
 */
async function createRun(engine: Engine, ownerId: string, run: NewStoredRun): Promise<{ created: boolean }> {
  const { id, title, plan, facts, settings, questions, at } = run;
  return engine.write(async (db) => {
    const inserted = await db
      .insertInto('lab_runs')
      .values({
        id,
        owner_id: ownerId,
        title: cleanText(title),
        state: 'planned',
        pause: null,
        plan: renderJson(plan),
        facts: renderJson(facts),
        settings: renderJson(settings),
        planned: 0,
        version: 1,
        instance_id: null,
        active_ms: 0,
        figures: null,
        figures_version: null,
        figures_at: null,
        created_at: at,
        updated_at: at,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 0n) {
      if (await findRow(db, ownerId, id)) return { created: false };
      throw new AppError('conflict', 'This id is in use.');
    }
    for (let first = 0; first < questions.length; first += questionsAtOnce) {
      const rows = questions.slice(first, first + questionsAtOnce).map((question, i) => ({
        run_id: id,
        position: first + i,
        question: renderJson(question),
      }));
      await db.insertInto('lab_questions').values(rows).execute();
    }
    await insertSamples(db, id, {
      questions: questions.length,
      settings: settings.map(({ index }) => index),
      samples: [0, plan.samplesPerQuestion],
      first: 0,
    });
    await countPlanned(db, id);
    return { created: true };
  });
}

const questionsAtOnce = 500;

/**
 * Rows for so many samples of each question under each setting: all first samples before all second ones, so that a run that
 * is stopped has as many of each question. The database makes them itself: a hundred thousand are one statement.
 */
async function insertSamples(
  db: Db,
  runId: string,
  made: { questions: number; settings: readonly number[]; samples: [from: number, to: number]; first: number },
): Promise<void> {
  const { questions, settings, samples, first } = made;
  const [from, to] = samples;
  const perSample = questions * settings.length;
  const count = (to - from) * perSample;
  if (count <= 0) return;
  const settingOf = sql.join(
    [
      sql`case n % ${sql.lit(settings.length)}`,
      ...settings.map((setting, at) => sql`when ${sql.lit(at)} then ${sql.lit(setting)}`),
      sql`end`,
    ],
    sql` `,
  );
  await sql`insert into lab_samples (run_id, number, setting, question, sample, state)
    with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < ${sql.lit(count - 1)})
    select ${runId}, n + ${sql.lit(first)}, ${settingOf}, (n / ${sql.lit(settings.length)}) % ${sql.lit(questions)},
      n / ${sql.lit(perSample)} + ${sql.lit(from)}, 'planned'
    from numbers`.execute(db);
}

async function countPlanned(db: Db, runId: string): Promise<void> {
  await sql`update lab_runs set planned = (select count(*) from lab_samples where run_id = ${runId}), version = version + 1
    where id = ${runId}`.execute(db);
}

async function findRun(engine: Engine, ownerId: string, id: string): Promise<StoredRun | undefined> {
  return engine.read(async (db) => {
    const row = await findRow(db, ownerId, id);
    return row && runOfRow(row);
  });
}

/** A person's, newest first. */
async function listRuns(engine: Engine, ownerId: string): Promise<StoredRun[]> {
  const rows = await engine.read((db) =>
    db
      .selectFrom('lab_runs')
      .select(runColumns)
      .where('owner_id', '=', ownerId)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute(),
  );
  return rows.map(runOfRow);
}

/** Runs that should go on and that no living process has; those that wait for a limit too. */
async function listLeft(engine: Engine, search: LeftoverSearch): Promise<StoredRun[]> {
  return engine.read(async (db) => {
    const rows = await db
      .selectFrom('lab_runs')
      .select(runColumns)
      .where((is) =>
        is.or([
          is('state', 'in', [...activeStates]),
          is.and([is('state', '=', 'paused'), is('pause', 'like', '%"until"%')]),
        ]),
      )
      .execute();
    if (rows.length === 0) return [];
    const isDead = await deathFinder(engine, db, search);
    return rows
      .filter(({ state, instance_id }) => state === 'paused' || instance_id === null || isDead(instance_id))
      .map(runOfRow);
  });
}

/** What may change of a run. */
export interface StoredRunChange {
  state?: RunState;
  pause?: RunPause | null;
  title?: string;
  plan?: LabPlan;
  facts?: RunFacts;
  settings?: readonly LabSetting[];
  instanceId?: string | null;
  /** More of it. */
  activeMs?: number;
  /** Its figures are made of something else now. */
  isNews?: boolean;
  at: number;
}

/** Changes what is given, only while it is in one of the states `from`, if any are; false when it is not, or is none. */
async function changeRun(
  engine: Engine,
  ownerId: string,
  id: string,
  change: StoredRunChange & { from?: readonly RunState[] },
): Promise<boolean> {
  const { state, pause, title, plan, facts, settings, instanceId, activeMs, isNews, at, from } = change;
  return engine.write(async (db) => {
    const result = await db
      .updateTable('lab_runs')
      .set((eb) => ({
        updated_at: at,
        ...(state !== undefined && { state }),
        ...(pause !== undefined && { pause: pause === null ? null : renderJson(pause) }),
        ...(title !== undefined && { title: cleanText(title) }),
        ...(plan && { plan: renderJson(plan) }),
        ...(facts && { facts: renderJson(facts) }),
        ...(settings && { settings: renderJson(settings) }),
        ...(instanceId !== undefined && { instance_id: instanceId }),
        ...(activeMs !== undefined && { active_ms: eb('active_ms', '+', Math.round(activeMs)) }),
        ...(isNews && { version: eb('version', '+', 1) }),
      }))
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .$if(from !== undefined, (query) => query.where('state', 'in', [...(from ?? [])]))
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  });
}

/**
 * Takes a run that nobody has, or whose process is dead; what that one was asking is planned again. False when somebody
 * else was first.
 * @param before the process that had it, as it was read
 */
async function holdRun(
  engine: Engine,
  run: Pick<StoredRun, 'id' | 'instanceId'>,
  { instanceId, state, at }: { instanceId: string; state: RunState; at: number },
): Promise<boolean> {
  return engine.write(async (db) => {
    const query = db.updateTable('lab_runs').set({ instance_id: instanceId, state, pause: null, updated_at: at });
    const result = await query
      .where('id', '=', run.id)
      .where('owner_id', '!=', deletedOwner)
      .where('instance_id', run.instanceId === undefined ? 'is' : '=', run.instanceId ?? null)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await db
      .updateTable('lab_samples')
      .set({ state: 'planned', generation_id: null })
      .where('run_id', '=', run.id)
      .where('state', '=', 'running')
      .execute();
    return true;
  });
}

/** Plans more samples: of all its settings, or of new ones, which then have as many as the others. */
async function addSamples(
  engine: Engine,
  ownerId: string,
  id: string,
  more: { plan: LabPlan; settings: readonly LabSetting[]; new: readonly number[]; from: number; at: number },
): Promise<boolean> {
  return engine.write(async (db) => {
    const row = await engine
      .lock(db.selectFrom('lab_runs').select('planned').where('id', '=', id).where('owner_id', '=', ownerId))
      .executeTakeFirst();
    if (!row) return false;
    const { count } = await db
      .selectFrom('lab_questions')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('run_id', '=', id)
      .executeTakeFirstOrThrow();
    await insertSamples(db, id, {
      questions: Number(count),
      settings: more.new,
      samples: [more.from, more.plan.samplesPerQuestion],
      first: row.planned,
    });
    await db
      .updateTable('lab_runs')
      .set({ plan: renderJson(more.plan), settings: renderJson(more.settings), updated_at: more.at })
      .where('id', '=', id)
      .execute();
    await countPlanned(db, id);
    return true;
  });
}

/**
 * Takes a run away with its samples and links. The conversations that hold their texts are nobody's then, and purged like
 * others that were deleted.
 */
async function deleteRun(engine: Engine, ownerId: string, id: string, at: number): Promise<boolean> {
  return engine.write(async (db) => {
    if (
      !(await engine
        .lock(db.selectFrom('lab_runs').select('id').where('id', '=', id).where('owner_id', '=', ownerId))
        .executeTakeFirst())
    ) {
      return false;
    }
    await db
      .updateTable('generations')
      .set({ owner_id: deletedOwner })
      .where('conversation_id', 'in', (of) => of.selectFrom('conversations').select('id').where('lab_run_id', '=', id))
      .execute();
    await db
      .updateTable('conversations')
      .set({ owner_id: deletedOwner, deleted_by: deletedOwner, deleted_at: at })
      .where('lab_run_id', '=', id)
      .execute();
    await db.deleteFrom('lab_shares').where('run_id', '=', id).execute();
    await db.deleteFrom('lab_samples').where('run_id', '=', id).execute();
    await db.deleteFrom('lab_questions').where('run_id', '=', id).execute();
    await db.deleteFrom('lab_runs').where('id', '=', id).execute();
    engine.markForgotten();
    return true;
  });
}

/** So many questions from a place on, in their order. The caller has made sure whose run it is. */
async function readQuestions(
  engine: Engine,
  runId: string,
  { offset, limit }: { offset: number; limit: number },
): Promise<LabQuestion[]> {
  const rows = await engine.read((db) =>
    db
      .selectFrom('lab_questions')
      .select('question')
      .where('run_id', '=', runId)
      .where('position', '>=', offset)
      .orderBy('position')
      .limit(limit)
      .execute(),
  );
  return rows.map(({ question }) => JSON.parse(question) as LabQuestion);
}

async function findFigures(engine: Engine, runId: string): Promise<StoredFigures | undefined> {
  const row = await engine.read((db) =>
    db
      .selectFrom('lab_runs')
      .select(['figures', 'figures_version', 'figures_at'])
      .where('id', '=', runId)
      .executeTakeFirst(),
  );
  if (!row || row.figures === null) return undefined;
  return {
    figures: JSON.parse(row.figures) as SettingFigures[],
    version: row.figures_version ?? 0,
    at: row.figures_at ?? 0,
  };
}

async function saveFigures(engine: Engine, runId: string, { figures, version, at }: StoredFigures): Promise<void> {
  await engine.write((db) =>
    db
      .updateTable('lab_runs')
      .set({ figures: renderJson(figures), figures_version: version, figures_at: at })
      .where('id', '=', runId)
      .execute(),
  );
}

const runColumns = [
  'id',
  'owner_id',
  'title',
  'state',
  'pause',
  'plan',
  'facts',
  'settings',
  'planned',
  'version',
  'instance_id',
  'active_ms',
  'created_at',
  'updated_at',
] as const satisfies (keyof LabRunRow)[];
type RunColumns = Pick<LabRunRow, (typeof runColumns)[number]>;

async function findRow(db: Db, ownerId: string, id: string): Promise<RunColumns | undefined> {
  return db
    .selectFrom('lab_runs')
    .select(runColumns)
    .where('id', '=', id)
    .where('owner_id', '=', ownerId)
    .executeTakeFirst();
}

function runOfRow(row: RunColumns): StoredRun {
  return {
    id: row.id,
    ownerId: row.owner_id,
    title: row.title,
    state: row.state,
    ...(row.pause !== null && { pause: JSON.parse(row.pause) as RunPause }),
    plan: { ...(JSON.parse(row.plan) as LabPlan), title: row.title },
    facts: JSON.parse(row.facts) as RunFacts,
    settings: JSON.parse(row.settings) as LabSetting[],
    planned: row.planned,
    version: row.version,
    ...(row.instance_id !== null && { instanceId: row.instance_id }),
    activeMs: row.active_ms,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
