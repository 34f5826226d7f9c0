import { resolveAttachments } from '../../../../../lib/server/resolve-attachments.ts';
import { questionLimits } from '../../../../../lib/server/body-limits.ts';
import { readJsonBody } from '../../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../../params.ts';
import { askSchema } from '../../../schema.ts';

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const ask = await readJsonBody(request, askSchema, questionLimits);
    const attachments = await resolveAttachments(runtime.store, viewer.id, ask.attachments ?? []);
    return jsonResponse(await runtime.asker.ask(viewer.id, id, { ...ask, attachments }), 202);
  });
