import { type RawBuilder, sql } from 'kysely';
import type { Engine } from './engine.ts';

/** The database's own moment, epoch ms: what processes whose clocks differ can agree on. */
export function databaseNow({ kind }: Pick<Engine, 'kind'>): RawBuilder<number> {
  return kind === 'postgres'
    ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
    : sql<number>`cast(unixepoch('subsec') * 1000 as integer)`;
}
