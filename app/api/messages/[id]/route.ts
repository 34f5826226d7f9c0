import { AppError } from '../../../../lib/errors.ts';
import { jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../params.ts';

export const DELETE = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const deleted = await runtime.store.branches.delete(viewer.id, await idOf(context));
    if (!deleted) throw new AppError('not_found', 'There is no such message.');
    await runtime.runLog.command('delete', deleted.running);
    return jsonResponse({ messageIds: deleted.messageIds });
  });
