import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/api-route.ts';

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const models = await runtime.models.forViewer(viewer.id);
    return jsonResponse({ providers: models.list() });
  });
