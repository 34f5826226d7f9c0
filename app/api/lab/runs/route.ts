import { newRunSchema } from '../../../../lib/lab/run-schema.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import { labLimits as bodyLimits } from '../../../../lib/server/body-limits.ts';
import { readJsonBody } from '../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../lib/server/respond.ts';

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => jsonResponse({ runs: await runtime.lab.reader.list(viewer.id) }));

export const POST = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const run = await readJsonBody(request, newRunSchema, bodyLimits);
    return jsonResponse(await runtime.lab.create(viewer.id, run), 201);
  });
