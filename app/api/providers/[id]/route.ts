import { readJsonBody } from '../../../../lib/server/read-body.ts';
import { emptyResponse, jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import { type IdParams, idOf, nameOf } from '../../params.ts';
import { patchProviderSchema } from '../../provider-schema.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) =>
    jsonResponse({ provider: await runtime.settings.get(viewer.id, await nameOf(context)) }),
  );

export const PATCH = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const patch = await readJsonBody(request, patchProviderSchema);
    return jsonResponse({ provider: await runtime.settings.update(viewer.id, id, patch) });
  });

export const DELETE = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    await runtime.settings.remove(viewer.id, await idOf(context));
    return emptyResponse();
  });
