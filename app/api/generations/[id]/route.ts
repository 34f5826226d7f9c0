import { AppError } from '../../../../lib/errors.ts';
import { jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../params.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const generation = await runtime.store.generations.find(viewer.id, await idOf(context));
    if (!generation) throw new AppError('not_found', 'There is no such generation.');
    return jsonResponse(generation);
  });
