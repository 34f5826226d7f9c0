import { AppError } from '../../../../lib/errors.ts';
import { readJsonBody } from '../../../../lib/server/read-body.ts';
import { emptyResponse, jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../params.ts';
import { threadPatchSchema } from '../../schema.ts';

const unknown = () => new AppError('not_found', 'There is no such thread.');

export const PATCH = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const thread = await runtime.store.threads.update(viewer.id, id, await readJsonBody(request, threadPatchSchema));
    if (!thread) throw unknown();
    return jsonResponse(thread);
  });

export const DELETE = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const deleted = await runtime.store.threads.delete(viewer.id, await idOf(context));
    if (!deleted) throw unknown();
    await runtime.runLog.command('delete', deleted.running);
    return emptyResponse();
  });
