import { readJsonBody } from '../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import { putOverridesSchema } from '../../provider-schema.ts';

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) =>
    jsonResponse({ overrides: await runtime.settings.listOverrides(viewer.id) }),
  );

export const PUT = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const { overrides } = await readJsonBody(request, putOverridesSchema);
    return jsonResponse({ overrides: await runtime.settings.putOverrides(viewer.id, overrides) });
  });
