import { AppError } from '../../../lib/errors.ts';
import { answer } from '../../../lib/server/api-route.ts';
import { readThoughts } from '../../../lib/server/generation/thoughts.ts';
import { jsonResponse } from '../../../lib/server/respond.ts';

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const text = new URL(request.url).searchParams.get('since');
    const since = text === null ? undefined : Number(text);
    if (since !== undefined && !(Number.isSafeInteger(since) && since >= 0)) {
      throw new AppError('bad_request', '"since" is a moment in ms since 1970.');
    }
    return jsonResponse(await readThoughts(runtime, viewer.id, { since, now: runtime.clock.now() }));
  });
