import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/api-route.ts';

/** A server that answers within this, in ms, is listed as it is now; others as they were last seen. */
const freshMs = 400;

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    await runtime.models.freshen(viewer.id, freshMs);
    const models = await runtime.models.forViewer(viewer.id);
    return jsonResponse({ providers: models.list() });
  });
