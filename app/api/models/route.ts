import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/route.ts';

export const GET = (request: Request) =>
  answer(request, async ({ runtime }) => jsonResponse({ providers: runtime.registry.list() }));
