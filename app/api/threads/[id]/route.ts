import { AppError } from '../../../../lib/errors.ts';
import { readJsonBody } from '../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/route.ts';
import { type IdParams, idOf } from '../../params.ts';
import { threadPatchSchema } from '../../schema.ts';

export const PATCH = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const { settings } = await readJsonBody(request, threadPatchSchema);
    const thread = await runtime.store.updateThreadSettings(viewer.id, id, settings);
    if (!thread) throw new AppError('not_found', 'There is no such thread.');
    return jsonResponse(thread);
  });
