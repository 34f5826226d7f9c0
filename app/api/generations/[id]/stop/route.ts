import { AppError } from '../../../../../lib/errors.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/route.ts';
import { type IdParams, idOf } from '../../../params.ts';

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const generation = await runtime.store.findGeneration(viewer.id, id);
    if (!generation) throw new AppError('not_found', 'There is no such generation.');
    await runtime.runs.stop(id);
    const after = await runtime.store.findGeneration(viewer.id, id);
    return jsonResponse({ state: after?.state ?? generation.state }, 202);
  });
