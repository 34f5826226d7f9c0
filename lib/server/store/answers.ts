import { AppError } from '../../errors.ts';
import type { Health } from '../../health.ts';
import { joinPieces, type RawPiece, type RawText } from '../../raw-text.ts';
import { type Finish, type Segment, textOfKind } from '../../stream-part.ts';
import type { Usage } from '../../usage.ts';
import { joinedAnswers } from './checkpoints.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { columnsOfHealth, countOrNull, finishOfRow, usageOfRow, usageDetailsOf } from './generations.ts';
import { parseRaw, parseTail, renderRaw } from './raw-column.ts';
import type { GenerationRow } from './schema.ts';
import { renderJson } from './stored-text.ts';

/** A finished answer as it is filed, with what a person may want to know who files it otherwise. */
export interface FiledAnswer {
  providerId: string;
  modelKey: string;
  /** What was asked. */
  question: string;
  parts: Segment[];
  /** Its exact text; absent for an answer from before it was kept. */
  raw?: RawPiece[];
  /** How it was filed before somebody filed it otherwise; absent when nobody has, or has taken it back. */
  before?: Segment[];
  usage?: Usage;
  finish?: Finish;
  /** The request as it was sent. */
  requestBody?: string;
}

/** How it is to be filed. */
export interface Refiling {
  parts: readonly Segment[];
  before?: readonly Segment[];
  usage?: Usage;
}

/** Finished answers: their exact text, and how it is filed as thinking and answer. */
export function createAnswers(engine: Engine) {
  return bind(engine, {
    findRawText,
    refile: refileAnswer,
    saveThoughtHealth,
  });
}

/** What the model wrote; of a running one what was checkpointed, of an older one what its parts tell. */
async function findRawText(engine: Engine, ownerId: string, id: string): Promise<RawText | undefined> {
  return engine.lookUp(async (db) => {
    const row = await db
      .selectFrom('generations')
      .innerJoin('messages', 'messages.id', 'generations.id')
      .select(['generations.state', 'generations.raw_text', 'messages.parts'])
      .where('generations.id', '=', id)
      .where('generations.owner_id', '=', ownerId)
      .executeTakeFirst();
    if (!row) return undefined;
    if (row.state !== 'running') return rawTextOf(JSON.parse(row.parts) as Segment[], row.raw_text);
    const pieces = await rawOfCheckpoints(db, id);
    if (pieces) return { pieces, exact: true };
    return rawTextOf((await joinedAnswers(db, [id])).get(id)?.parts ?? [], null);
  });
}

function rawTextOf(parts: readonly Segment[], column: string | null): RawText {
  const pieces = parseRaw(column, parts).raw;
  if (pieces) return { pieces, exact: true };
  const fields = parts.map(
    ({ kind, text }): RawPiece => ({ field: kind === 'reasoning' ? 'reasoning' : 'content', text }),
  );
  return { pieces: joinPieces(fields), exact: false };
}

/** The exact text so far, of what was checkpointed; undefined when some of it was written without. */
export async function rawOfCheckpoints(db: Db, generationId: string): Promise<RawPiece[] | undefined> {
  const rows = await db
    .selectFrom('checkpoints')
    .selectAll()
    .where('generation_id', '=', generationId)
    .orderBy('seq')
    .execute();
  const pieces: RawPiece[] = [];
  for (const [i, row] of rows.entries()) {
    if (row.seq !== i) return undefined; // one is missing
    for (const piece of parseTail(row) ?? [undefined]) {
      if (!piece) return undefined;
      pieces.push(piece);
    }
  }
  return joinPieces(pieces);
}

/**
 * Files a finished answer otherwise, as `decide` says of it as it is; undefined from `decide` leaves it. `decide` may be
 * asked more than once.
 * @returns the answer as it is then; undefined when there is none of this owner's.
 * @throws AppError `conflict` while it runs.
 */
async function refileAnswer(
  engine: Engine,
  ownerId: string,
  id: string,
  decide: (filed: FiledAnswer) => Refiling | undefined,
): Promise<FiledAnswer | undefined> {
  return engine.write(async (db) => {
    const query = db.selectFrom('generations').selectAll().where('id', '=', id).where('owner_id', '=', ownerId);
    const row = await engine.lock(query).executeTakeFirst();
    if (!row) return undefined;
    if (row.state === 'running') {
      throw new AppError('conflict', 'This answer is still being written. Wait for its end, or stop it first.');
    }
    const message = await db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const parts = JSON.parse(message.parts) as Segment[];
    const usage = usageOfRow(row);
    const finish = finishOfRow(row);
    const filed: FiledAnswer = {
      providerId: row.provider_id,
      modelKey: row.model_key,
      question: await questionOf(db, message.parent_id),
      parts,
      ...parseRaw(row.raw_text, parts),
      ...(usage && { usage }),
      ...(finish && { finish }),
      ...(row.request_body !== null && { requestBody: row.request_body }),
    };
    const change = decide(filed);
    if (!change) return filed;
    const rendered = renderJson(change.parts);
    const stored = JSON.parse(rendered) as Segment[];
    await db.updateTable('messages').set({ parts: rendered, search_stale: 1 }).where('id', '=', id).execute();
    await db
      .updateTable('generations')
      .set({
        raw_text: renderRaw(stored, { raw: filed.raw, before: change.before }),
        ...columnsOfThought(row.health, {}),
        ...(change.usage && {
          reasoning_tokens: countOrNull(change.usage.reasoningTokens),
          answer_tokens: countOrNull(change.usage.answerTokens),
          usage_source: change.usage.source,
          usage_details: usageDetailsOf(change.usage),
        }),
      })
      .where('id', '=', id)
      .execute();
    const { before: _, ...kept } = filed;
    return {
      ...kept,
      parts: stored,
      ...(change.before && { before: [...change.before] }),
      ...(change.usage && { usage: change.usage }),
    };
  });
}

/**
 * Keeps what was measured of a thought that was filed otherwise; the format is judged by the exact text and stays. False
 * when it is another thought by now.
 */
async function saveThoughtHealth(
  engine: Engine,
  ownerId: string,
  id: string,
  measured: { thinking: string; health: Omit<Health, 'format'> },
): Promise<boolean> {
  return engine.write(async (db) => {
    const query = db.selectFrom('generations').selectAll().where('id', '=', id).where('owner_id', '=', ownerId);
    const row = await engine.lock(query).executeTakeFirst();
    const message = row && (await db.selectFrom('messages').select('parts').where('id', '=', id).executeTakeFirst());
    if (!message) return false;
    if (textOfKind(JSON.parse(message.parts) as Segment[], 'reasoning') !== measured.thinking) return false;
    const columns = columnsOfThought(row.health, measured.health);
    await db.updateTable('generations').set(columns).where('id', '=', id).execute();
    return true;
  });
}

/** The columns of an answer's health with another thought. */
function columnsOfThought(column: string | null, thought: Omit<Health, 'format'>): Partial<GenerationRow> {
  const { format } = column === null ? ({} as Health) : (JSON.parse(column) as Health);
  const health: Health = { ...(format && { format }), ...thought };
  const none = { health: null, language_share: null, repetition_share: null, rethinks: null };
  return Object.keys(health).length === 0 ? none : columnsOfHealth(health);
}

async function questionOf(db: Db, messageId: string | null): Promise<string> {
  if (messageId === null) return '';
  const row = await db.selectFrom('messages').select('parts').where('id', '=', messageId).executeTakeFirst();
  return row ? textOfKind(JSON.parse(row.parts) as Segment[], 'answer') : '';
}
