import { renderEntries, type UsageFormat } from '../export/usage-tables.ts';
import type { TokenLogEntry, TokenLogFilter } from '../token-log.ts';
import type { Store } from './store/store.ts';

/** Rows read at once: what a file costs in memory, whatever its length. */
const pageRows = 1_000;

/** The rows of a person's token log as a file, read as fast as it is taken. */
export async function* writeTokenLog(
  store: Store,
  ownerId: string,
  { filter, format }: { filter: TokenLogFilter; format: UsageFormat },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  for (let after: TokenLogEntry | undefined; ; ) {
    const rows: TokenLogEntry[] = await store.tokenLog.list(ownerId, filter, {
      limit: pageRows,
      ...(after && { after }),
    });
    if (rows.length > 0) yield encoder.encode(renderEntries(rows, format, after === undefined));
    if (rows.length < pageRows) return;
    after = rows.at(-1);
  }
}
