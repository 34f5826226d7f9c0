import { readJsonBody } from '../../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, nameOf } from '../../../params.ts';
import { testProviderSchema } from '../../../provider-schema.ts';

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await nameOf(context);
    const { modelKey } = await readJsonBody(request, testProviderSchema);
    return jsonResponse(await runtime.settings.test(viewer.id, id, modelKey, request.signal));
  });
