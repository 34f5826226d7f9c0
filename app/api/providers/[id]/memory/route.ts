import { readJsonBody } from '../../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, nameOf } from '../../../params.ts';
import { memorySchema } from '../../../provider-schema.ts';

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await nameOf(context);
    const { modelKey, loaded } = await readJsonBody(request, memorySchema);
    return jsonResponse(
      await runtime.settings.setLoaded(viewer.id, id, { modelKey, isLoaded: loaded }, request.signal),
    );
  });
