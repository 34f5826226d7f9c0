import type { Kysely } from 'kysely';

/** How sure a sample's tokens were, where its server told it. */
export async function addSampleLikelihood(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('lab_samples').addColumn('mean_logprob', 'double precision').execute();
}

/** Runs of the lab, their questions, one row a planned sample, and links to snapshots; conversations that are theirs. */
export async function createLabTables(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('conversations').addColumn('lab_run_id', 'text').execute();
  await db.schema.createIndex('conversations_by_lab_run').on('conversations').column('lab_run_id').execute();
  await db.schema
    .createTable('lab_runs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('pause', 'text')
    .addColumn('plan', 'text', (c) => c.notNull())
    .addColumn('facts', 'text', (c) => c.notNull())
    .addColumn('settings', 'text', (c) => c.notNull())
    .addColumn('planned', 'integer', (c) => c.notNull())
    .addColumn('version', 'bigint', (c) => c.notNull())
    .addColumn('instance_id', 'text')
    .addColumn('active_ms', 'bigint', (c) => c.notNull())
    .addColumn('figures', 'text')
    .addColumn('figures_version', 'bigint')
    .addColumn('figures_at', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('lab_runs_by_owner').on('lab_runs').columns(['owner_id', 'created_at']).execute();
  await db.schema.createIndex('lab_runs_by_state').on('lab_runs').column('state').execute();
  await db.schema
    .createTable('lab_questions')
    .addColumn('run_id', 'text', (c) => c.notNull().references('lab_runs.id'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('question', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('lab_questions_key', ['run_id', 'position'])
    .execute();
  await db.schema
    .createTable('lab_samples')
    .addColumn('run_id', 'text', (c) => c.notNull().references('lab_runs.id'))
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('setting', 'integer', (c) => c.notNull())
    .addColumn('question', 'integer', (c) => c.notNull())
    .addColumn('sample', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('pilot', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('not_before', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('by_hand', 'text')
    .addColumn('thinking_tokens', 'bigint')
    .addColumn('answer_tokens', 'bigint')
    .addColumn('prompt_tokens', 'bigint')
    .addColumn('source', 'text')
    .addColumn('cost', 'double precision')
    .addColumn('ms', 'double precision')
    .addColumn('format_ok', 'integer')
    .addColumn('language_share', 'double precision')
    .addColumn('budget_kept', 'integer')
    .addColumn('verdict', 'text')
    .addColumn('rule', 'text')
    .addColumn('in_thinking', 'integer')
    .addColumn('scorer', 'integer')
    .addColumn('finish_reason', 'text')
    .addColumn('answered_model', 'text')
    .addColumn('generation_id', 'text')
    .addColumn('ended_at', 'bigint')
    .addColumn('error', 'text')
    .addColumn('vote', 'text')
    .addColumn('found', 'text')
    .addPrimaryKeyConstraint('lab_samples_key', ['run_id', 'number'])
    .execute();
  await db.schema
    .createIndex('lab_samples_by_question')
    .on('lab_samples')
    .columns(['run_id', 'question', 'setting', 'sample'])
    .execute();
  await db.schema
    .createIndex('lab_samples_by_state')
    .on('lab_samples')
    .columns(['run_id', 'state', 'number'])
    .execute();
  await db.schema
    .createTable('lab_shares')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('run_id', 'text', (c) => c.notNull().references('lab_runs.id'))
    .addColumn('snapshot', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('lab_shares_by_run').on('lab_shares').column('run_id').execute();
}
