import { sql } from 'kysely';
import { bind, type Db, type Engine } from './engine.ts';

/** Pages of the search index that are written anew at a time, and how often at one call: some 100 ms each at most. */
const pagesPerStep = 100;
const stepsPerCall = 5;

interface Work {
  /** Words of what was deleted are still in the index. */
  words: boolean;
  /** The next step begins a merge. */
  begins: boolean;
  /** Old pages are still in the log. */
  log: boolean;
}

/** What is left of deleted text beneath the tables of SQLite. PostgreSQL's vacuum does this by itself. */
export function createRemains(engine: Engine) {
  // what an earlier process left, too
  const work: Work = { words: false, begins: true, log: engine.kind === 'sqlite' };
  return bind(engine, { wipe: (of: Engine) => wipe(of, work) });
}

/**
 * Takes away a part of what deleted text has left: its words in the search index, which only marks them as gone, and old
 * pages in the log beside the file. False while something is left: to be called again after a while.
 */
async function wipe(engine: Engine, work: Work): Promise<boolean> {
  if (engine.takeForgotten() && engine.kind === 'sqlite') Object.assign(work, { words: true, begins: true, log: true });
  for (let step = 0; work.words && step < stepsPerCall; step++) {
    // A negative number takes all segments in (https://sqlite.org/fts5.html#the_merge_command).
    const pages = work.begins ? -pagesPerStep : pagesPerStep;
    work.begins = false;
    work.words = await engine.write(async (db) => {
      const before = await changesOf(db);
      await sql`insert into search_fts (search_fts, rank) values ('merge', ${pages})`.execute(db);
      return (await changesOf(db)) - before >= 2;
    });
  }
  if (work.log && !work.words) work.log = !(await engine.foldLog());
  return !work.words && !work.log;
}

async function changesOf(db: Db): Promise<number> {
  const { rows } = await sql<{ changes: number }>`select total_changes() as changes`.execute(db);
  return rows[0]?.changes ?? 0;
}
