import { AppError } from '../../../../../lib/errors.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/route.ts';
import { type IdParams, idOf } from '../../../params.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    // Asked before the store, so that one that ends in between is either still here or finished there.
    const pieces = runtime.runs.rawOf(id);
    const stored = await runtime.store.answers.findRawText(viewer.id, id);
    if (!stored) throw new AppError('not_found', 'There is no such generation.');
    return jsonResponse(pieces ? { pieces, exact: true } : stored);
  });
