import { readJsonBody } from '../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/api-route.ts';
import { createProviderSchema } from '../provider-schema.ts';

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const providers = await runtime.settings.list(viewer.id, { look: true });
    return jsonResponse({ providers, presets: runtime.settings.presets() });
  });

export const POST = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const body = await readJsonBody(request, createProviderSchema);
    const { created, provider } = await runtime.settings.create(viewer.id, body);
    return jsonResponse({ provider }, created ? 201 : 200);
  });
