import { readJsonBody } from '../../../../../lib/server/read-body.ts';
import { sourceResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, nameOf } from '../../../params.ts';
import { pullSchema } from '../../../provider-schema.ts';

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await nameOf(context);
    const { model } = await readJsonBody(request, pullSchema);
    return sourceResponse(await runtime.pulls.prepare(viewer.id, id, model), request.signal);
  });
