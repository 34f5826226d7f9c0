import { AppError } from '../../../../../lib/errors.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../../params.ts';

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const conversation = await runtime.store.trash.restore(viewer.id, await idOf(context));
    if (!conversation) throw new AppError('not_found', 'It is gone for good.');
    runtime.searchIndexer.poke();
    return jsonResponse(conversation);
  });
