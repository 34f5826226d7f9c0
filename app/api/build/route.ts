import { answer } from '../../../lib/server/api-route.ts';
import { jsonResponse } from '../../../lib/server/respond.ts';

export const GET = (request: Request) =>
  answer(request, async ({ runtime }) => jsonResponse({ build: runtime.config.build }));
