import { AppError } from '../../../lib/errors.ts';
import { resolveAttachments } from '../../../lib/server/resolve-attachments.ts';
import { questionLimits } from '../../../lib/server/body-limits.ts';
import { readJsonBody } from '../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/api-route.ts';
import { admitCopies } from '../copy-limit.ts';
import { createConversationSchema, deleteAllSchema } from '../schema.ts';

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const query = new URL(request.url).searchParams;
    const limit = Number(query.get('limit') ?? 50);
    if (!Number.isInteger(limit) || limit < 1 || limit > 200) {
      throw new AppError('bad_request', '"limit" is a whole number from 1 to 200.');
    }
    const before = query.get('before') ?? undefined;
    const view = query.get('archived') === 'true' ? 'archived' : 'shown';
    return jsonResponse(await runtime.store.conversations.list(viewer.id, { limit, view, ...(before && { before }) }));
  });

export const DELETE = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    await readJsonBody(request, deleteAllSchema);
    const ids = await runtime.store.trash.putAll(viewer.id, runtime.clock.now());
    await runtime.runLog.drop(ids);
    return jsonResponse({ deleted: ids.length });
  });

export const POST = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const body = await readJsonBody(request, createConversationSchema, questionLimits);
    await admitCopies(viewer.id, body.threads);
    const { ask, ...conversationOf } = body;
    const attachments = await resolveAttachments(runtime.store, viewer.id, ask?.attachments ?? []);
    const { created, cursor } = await runtime.asker.create(viewer.id, {
      ...conversationOf,
      ...(ask && { ask: { ...ask, attachments } }),
    });
    const conversation = await runtime.store.conversations.find(viewer.id, body.id);
    return jsonResponse({ ...conversation, ...(cursor && { cursor }) }, created ? 201 : 200);
  });
