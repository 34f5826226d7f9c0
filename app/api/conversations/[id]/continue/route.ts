import { readJsonBody } from '../../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../../params.ts';
import { continueSchema } from '../../../schema.ts';

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const ask = await readJsonBody(request, continueSchema);
    return jsonResponse(await runtime.asker.continue(viewer.id, id, ask), 202);
  });
