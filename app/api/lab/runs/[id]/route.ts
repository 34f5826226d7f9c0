import { runChangeSchema } from '../../../../../lib/lab/run-schema.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { readJsonBody } from '../../../../../lib/server/read-body.ts';
import { emptyResponse, jsonResponse } from '../../../../../lib/server/respond.ts';
import { type IdParams, idOf } from '../../../params.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) =>
    jsonResponse(await runtime.lab.reader.read(viewer.id, await idOf(context))),
  );

export const PATCH = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    return jsonResponse(await runtime.lab.change(viewer.id, id, await readJsonBody(request, runChangeSchema)));
  });

export const DELETE = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    await runtime.lab.delete(viewer.id, await idOf(context));
    return emptyResponse();
  });
