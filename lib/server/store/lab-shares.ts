import type { LabSnapshot } from '../../lab/run.ts';
import { bind, type Engine } from './engine.ts';
import { renderJson } from './stored-text.ts';

/** Links to frozen runs of the lab. */
export function createLabShares(engine: Engine) {
  return bind(engine, {
    create: createShare,
    find: findShare,
    list: listShares,
    delete: deleteShare,
  });
}

async function createShare(
  engine: Engine,
  ownerId: string,
  share: { id: string; runId: string; snapshot: LabSnapshot; at: number },
): Promise<void> {
  const { id, runId, snapshot, at } = share;
  await engine.write((db) =>
    db
      .insertInto('lab_shares')
      .values({ id, owner_id: ownerId, run_id: runId, snapshot: renderJson(snapshot), created_at: at })
      .execute(),
  );
}

/** The one read without an owner: whoever knows the id may see it. */
async function findShare(engine: Engine, id: string): Promise<LabSnapshot | undefined> {
  const row = await engine.read((db) =>
    db.selectFrom('lab_shares').select('snapshot').where('id', '=', id).executeTakeFirst(),
  );
  return row && (JSON.parse(row.snapshot) as LabSnapshot); // written by us
}

async function listShares(
  engine: Engine,
  ownerId: string,
  runId: string,
): Promise<{ id: string; createdAt: number }[]> {
  const rows = await engine.read((db) =>
    db
      .selectFrom('lab_shares')
      .select(['id', 'created_at'])
      .where('run_id', '=', runId)
      .where('owner_id', '=', ownerId)
      .orderBy('created_at')
      .execute(),
  );
  return rows.map((row) => ({ id: row.id, createdAt: row.created_at }));
}

async function deleteShare(engine: Engine, ownerId: string, id: string): Promise<boolean> {
  return engine.write(async (db) => {
    const result = await db
      .deleteFrom('lab_shares')
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    if (result.numDeletedRows > 0n) engine.markForgotten();
    return result.numDeletedRows > 0n;
  });
}
