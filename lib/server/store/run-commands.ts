import type { Kysely } from 'kysely';
import { bind, type Engine } from './engine.ts';

/** What somebody wants of a running generation, wherever it runs. */
export type RunCommand = 'stop' | 'answer-now' | 'delete';

/** Commands that nobody has taken for longer are for generations that no longer run. */
const forgottenAfterMs = 60_000;

/** Commands on their way to the server process that runs a generation. */
export function createRunCommands(engine: Engine) {
  return bind(engine, {
    send: sendCommands,
    list: listCommands,
    remove: removeCommands,
  });
}

/** Leaves a command for whoever runs these generations; the last one for each counts. `at`: epoch ms. */
async function sendCommands(
  engine: Engine,
  { command, generationIds, at }: { command: RunCommand; generationIds: readonly string[]; at: number },
): Promise<void> {
  if (generationIds.length === 0) return;
  const rows = generationIds.map((id) => ({ generation_id: id, command, sent_at: at }));
  await engine.write(async (db) => {
    await db
      .deleteFrom('run_commands')
      .where('sent_at', '<', at - forgottenAfterMs)
      .execute();
    await db
      .insertInto('run_commands')
      .values(rows)
      .onConflict((conflict) => conflict.column('generation_id').doUpdateSet({ command, sent_at: at }))
      .execute();
  });
}

/** A command that is on its way. */
export interface SentCommand {
  generationId: string;
  command: RunCommand;
}

/** All that nobody has taken; nearly always none. */
async function listCommands(engine: Engine): Promise<SentCommand[]> {
  const rows = await engine.lookUpOnce((db) =>
    db.selectFrom('run_commands').select(['generation_id', 'command']).orderBy('generation_id').execute(),
  );
  return rows.map(({ generation_id: generationId, command }) => ({ generationId, command }));
}

/** Takes commands away that were obeyed; one that has come since for the same generation stays. */
async function removeCommands(engine: Engine, commands: readonly SentCommand[]): Promise<void> {
  if (commands.length === 0) return;
  await engine.write(async (db) => {
    for (const [command, some] of Map.groupBy(commands, (one) => one.command)) {
      const ids = some.map(({ generationId }) => generationId);
      await db.deleteFrom('run_commands').where('generation_id', 'in', ids).where('command', '=', command).execute();
    }
  });
}

/** What a process must know to tell a generation that another one runs, and to reach it. */
export async function addRunLog(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('checkpoints')
    .addColumn('place', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
  // No reference to the generation: it may have been deleted, and whoever runs it must hear of that.
  await db.schema
    .createTable('run_commands')
    .addColumn('generation_id', 'text', (c) => c.primaryKey())
    .addColumn('command', 'text', (c) => c.notNull())
    .addColumn('sent_at', 'bigint', (c) => c.notNull())
    .execute();
}
