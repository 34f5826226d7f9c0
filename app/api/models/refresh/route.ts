import { jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';

export const POST = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    await runtime.settings.refresh(viewer.id);
    const models = await runtime.models.forViewer(viewer.id);
    return jsonResponse({ providers: models.list() });
  });
