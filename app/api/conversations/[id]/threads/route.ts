import { readJsonBody } from '../../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { admitCopies } from '../../../copy-limit.ts';
import { type IdParams, idOf } from '../../../params.ts';
import { createThreadSchema } from '../../../schema.ts';

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const body = await readJsonBody(request, createThreadSchema);
    await admitCopies(viewer.id, [body]);
    const { created, thread } = await runtime.store.threads.create(viewer.id, id, body);
    return jsonResponse(thread, created ? 201 : 200);
  });
