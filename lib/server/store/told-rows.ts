import type { Kysely } from 'kysely';
import { type ErrorBefore, errorOfBefore, type NoticeBefore, noticeOfBefore } from '../../sentences-before.ts';

/** The rows of this one step; the types of today do not know what they held. */
interface TablesBefore {
  generations: { id: string; notices: string; error: string | null };
  checkpoints: { generation_id: string; seq: number; parts: string };
}

/** Rows of one statement: what is in memory at once. */
const rowsAtOnce = 500;

/** Version 15: what was stored as sentences is stored by code and facts; the sentences of then are kept as they are. */
export async function tellByFacts(untyped: Kysely<unknown>): Promise<void> {
  const db = untyped as Kysely<TablesBefore>;
  await tellGenerations(db);
  await tellCheckpoints(db);
}

async function tellGenerations(db: Kysely<TablesBefore>): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await db
      .selectFrom('generations')
      .select(['id', 'notices', 'error'])
      .where('id', '>', after)
      .where(({ eb, or }) => or([eb('notices', '!=', '[]'), eb('error', 'is not', null)]))
      .orderBy('id')
      .limit(rowsAtOnce)
      .execute();
    for (const { id, notices, error } of rows) {
      const told = {
        notices: JSON.stringify((JSON.parse(notices) as NoticeBefore[]).map(noticeOfBefore)),
        error: error === null ? null : JSON.stringify(errorOfBefore(JSON.parse(error) as ErrorBefore)),
      };
      await db.updateTable('generations').set(told).where('id', '=', id).execute();
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
  }
}

/** A part of a checkpoint, as far as it told in sentences. */
type PartBefore = { type: 'notice'; notice: NoticeBefore } | { type: 'error'; error: ErrorBefore } | { type: 'other' };

/** Those of answers that ran when the version before ended. */
async function tellCheckpoints(db: Kysely<TablesBefore>): Promise<void> {
  const rows = await db
    .selectFrom('checkpoints')
    .selectAll()
    .where(({ eb, or }) => or([eb('parts', 'like', '%"type":"notice"%'), eb('parts', 'like', '%"type":"error"%')]))
    .execute();
  for (const { generation_id, seq, parts } of rows) {
    const told = JSON.stringify((JSON.parse(parts) as PartBefore[]).map(partOfBefore));
    await db
      .updateTable('checkpoints')
      .set({ parts: told })
      .where('generation_id', '=', generation_id)
      .where('seq', '=', seq)
      .execute();
  }
}

function partOfBefore(part: PartBefore): unknown {
  if (part.type === 'notice') return { type: part.type, notice: noticeOfBefore(part.notice) };
  if (part.type === 'error') return { type: part.type, error: errorOfBefore(part.error) };
  return part;
}
