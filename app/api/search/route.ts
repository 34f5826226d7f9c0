import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { searchKinds } from '../../../lib/search/search.ts';
import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/api-route.ts';

const querySchema = z.object({
  q: z.string().max(400, 'is longer than 400 characters').default(''),
  limit: z.coerce
    .number({ error: 'is not a number' })
    .int('is not a whole number')
    .min(1, 'is below 1')
    .max(50, 'is above 50')
    .default(20),
  before: z.string().max(20).optional(),
  kind: z.enum(searchKinds).optional(),
  model: z.string().max(200).optional(),
  since: z.coerce.number({ error: 'is not a number' }).int('is not a whole number').min(0, 'is below 0').optional(),
});

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const parsed = querySchema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new AppError('bad_request', `"${issue?.path.join('.')}" ${issue?.message}.`);
    }
    const { q, limit, before, kind, model, since } = parsed.data;
    const filter = {
      ...(kind && { kind }),
      ...(model !== undefined && { model }),
      ...(since !== undefined && { since }),
    };
    const found = await runtime.store.search.find(viewer.id, { query: q, limit, filter, ...(before && { before }) });
    return jsonResponse(found);
  });
