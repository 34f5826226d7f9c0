import { AppError } from '../../../../../lib/errors.ts';
import { readRawText } from '../../../../../lib/server/generation/read-conversation.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../../params.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const raw = await readRawText(runtime, viewer.id, id);
    if (!raw) throw new AppError('not_found', 'There is no such generation.');
    return jsonResponse(raw);
  });
