import { importLimits } from '../../../lib/server/body-limits.ts';
import { readImportFile } from '../../../lib/server/import-file.ts';
import { RateLimit } from '../../../lib/server/rate-limit.ts';
import { readBytes } from '../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/api-route.ts';

/** A file that was split for its size is imported in many. */
const imports = new RateLimit({ words: 'Too many files were imported.', windowMs: 60_000, each: 30, all: 120 });

export const POST = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    await imports.take(viewer.id);
    const bytes = await readBytes(request, importLimits);
    const leaveOutOdd = new URL(request.url).searchParams.get('odd') === 'leave-out';
    const { origin, conversations, leftOut } = await readImportFile(bytes, Date.now(), leaveOutOdd);
    const { ids } = await runtime.store.transfers.import(viewer.id, conversations, {
      instanceId: runtime.instanceId,
    });
    runtime.searchIndexer.poke();
    const messages = conversations.reduce((sum, conversation) => sum + conversation.messages.length, 0);
    return jsonResponse({ origin, conversations: ids.length, messages, leftOut, ids: ids.slice(0, 100) }, 201);
  });
