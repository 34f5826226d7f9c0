import { answer } from '../../../../../lib/server/api-route.ts';
import { readLikelihoods } from '../../../../../lib/server/generation/likelihoods.ts';
import { RateLimit } from '../../../../../lib/server/rate-limit.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { type IdParams, idOf } from '../../../params.ts';

const looks = new RateLimit({
  words: 'How likely tokens were was asked too often.',
  windowMs: 60_000,
  each: 60,
  all: 300,
});

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    await looks.take(viewer.id);
    return jsonResponse({ tokens: await readLikelihoods(runtime, viewer.id, id, request.signal) });
  });
