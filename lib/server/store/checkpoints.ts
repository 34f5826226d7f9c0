import type { RawPiece } from '../../raw-text.ts';
import {
  applyStreamPart,
  applyStreamParts,
  emptyMessageState,
  type MessageState,
  mergeStreamParts,
  type Segment,
  type StreamPart,
} from '../../stream-part.ts';
import { inThread } from './in-thread.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { deletedOwner } from './deleted-owner.ts';
import { renewWithin } from './lease.ts';
import { renderTail } from './raw-column.ts';
import type { CheckpointRow } from './schema.ts';
import { cleanText } from './stored-text.ts';

/** What has arrived of one answer since the last time; `seq` grows with each. */
export interface Checkpoint {
  generationId: string;
  seq: number;
  parts: readonly StreamPart[];
  /** Where the generation's log stands behind these parts, for a reader of it elsewhere. */
  place?: number;
  /** The exact text of these parts; undefined when nobody listened. */
  raw?: readonly RawPiece[];
}

/** SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535. */
const rowsPerInsert = 5_000;

const append = inThread('checkpoints.append', appendCheckpoints);

/** What running answers have so far. */
export function createCheckpoints(engine: Engine) {
  return bind(engine, {
    append,
  });
}

/** Those of a batch that nothing was written for: their ids. */
export interface NotAppended {
  /** Somebody has settled them: what stands in the store is their end. */
  ended: string[];
  /** Somebody has deleted them, or what they belong to. */
  deleted: string[];
}

/**
 * Adds to running answers, in one transaction. The same `seq` again is ignored. It renews the lease of the process it is
 * done `by`.
 */
async function appendCheckpoints(engine: Engine, batch: readonly Checkpoint[], by?: string): Promise<NotAppended> {
  const ids = [...new Set(batch.map((checkpoint) => checkpoint.generationId))].sort();
  if (ids.length === 0) return { ended: [], deleted: [] };
  return engine.write(async (db) => {
    // Locked in the order of their ids, so that two batches never wait for each other in a ring.
    const query = db
      .selectFrom('generations')
      .select(['id', 'state'])
      .where('id', 'in', ids)
      .where('owner_id', '!=', deletedOwner)
      .orderBy('id');
    const kept = new Map((await engine.lock(query).execute()).map((row) => [row.id, row.state]));
    const running = new Set(ids.filter((id) => kept.get(id) === 'running'));
    const rows = batch.filter((checkpoint) => running.has(checkpoint.generationId)).map(rowOfCheckpoint);
    for (let i = 0; i < rows.length; i += rowsPerInsert) {
      await db
        .insertInto('checkpoints')
        .values(rows.slice(i, i + rowsPerInsert))
        .onConflict((conflict) => conflict.columns(['generation_id', 'seq']).doNothing())
        .execute();
    }
    if (by !== undefined) await renewWithin(engine, db, by);
    return {
      ended: ids.filter((id) => kept.has(id) && !running.has(id)),
      deleted: ids.filter((id) => !kept.has(id)),
    };
  });
}

/** JSON escapes NUL and half surrogates, so the parts stay exact here: a pair may be cut between two deltas. */
function rowOfCheckpoint({ generationId, seq, parts, place = 0, raw }: Checkpoint): CheckpointRow {
  const merged = mergeStreamParts(parts);
  return { generation_id: generationId, seq, parts: JSON.stringify(merged), place, raw_text: renderTail(raw, merged) };
}

/** A running answer as its checkpoints tell it. */
export interface JoinedAnswer {
  parts: Segment[];
  state: MessageState;
  /** Ms since it was queued, of the last thing that was dated. */
  lastAt?: number;
}

/** Running answers so far, by id; one without a checkpoint is empty. */
export async function joinedAnswers(db: Db, generationIds: readonly string[]): Promise<Map<string, JoinedAnswer>> {
  if (generationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('checkpoints')
    .selectAll()
    .where('generation_id', 'in', generationIds)
    .orderBy('generation_id')
    .orderBy('seq')
    .execute();
  const byId = Map.groupBy(rows, (row) => row.generation_id);
  return new Map(generationIds.map((id) => [id, join(byId.get(id) ?? [])]));
}

function join(rows: readonly CheckpointRow[]): JoinedAnswer {
  const parts = mergeStreamParts(rows.flatMap((row) => JSON.parse(row.parts) as StreamPart[]));
  const state = reduceAsFarAsPossible(parts);
  const moments = parts.flatMap((part) => (part.type === 'state' ? [part.at] : []));
  return {
    state,
    parts: state.segments.map((segment) => ({ ...segment, text: cleanText(segment.text) })),
    ...(moments.length > 0 && { lastAt: moments.reduce((latest, at) => Math.max(latest, at)) }),
  };
}

/** A hole in the checkpoints must not make the conversation unreadable: what came before it is shown. */
function reduceAsFarAsPossible(parts: readonly StreamPart[]): MessageState {
  try {
    return applyStreamParts(emptyMessageState, parts);
  } catch {
    // Part by part, then.
  }
  let state = emptyMessageState;
  try {
    for (const part of parts) state = applyStreamPart(state, part);
  } catch {
    return state;
  }
  return state;
}
