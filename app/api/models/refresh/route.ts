import { jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/route.ts';

export const POST = (request: Request) =>
  answer(request, async ({ runtime }) => {
    await runtime.registry.discover();
    return jsonResponse({ providers: runtime.registry.list() });
  });
