import { writeArchive } from '../../../lib/server/export-archive.ts';
import { RateLimit } from '../../../lib/server/rate-limit.ts';
import { fileResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/api-route.ts';

const archives = new RateLimit({ words: 'All of it was asked for too often.', windowMs: 60_000, each: 6, all: 60 });

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    await archives.take(viewer.id);
    const at = Date.now();
    const day = new Date(at).toISOString().slice(0, 10);
    return fileResponse(writeArchive(runtime.store, viewer.id, at), {
      name: `thinkglass ${day}.zip`,
      type: 'application/zip',
    });
  });
