import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { titleByModel } from '../../../../../lib/server/title-by-model.ts';
import { type IdParams, idOf } from '../../../params.ts';

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) =>
    jsonResponse({ title: await titleByModel(runtime, viewer.id, await idOf(context), request.signal) }),
  );
