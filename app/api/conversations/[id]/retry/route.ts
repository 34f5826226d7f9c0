import { readJsonBody } from '../../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../../params.ts';
import { retrySchema } from '../../../schema.ts';

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const retry = await readJsonBody(request, retrySchema);
    return jsonResponse(await runtime.asker.retry(viewer.id, id, retry), 202);
  });
