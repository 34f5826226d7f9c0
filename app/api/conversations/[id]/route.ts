import { AppError } from '../../../../lib/errors.ts';
import { readJsonBody } from '../../../../lib/server/read-body.ts';
import { emptyResponse, jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import { readConversation } from '../../../../lib/server/generation/read-conversation.ts';
import { type IdParams, idOf } from '../../params.ts';
import { conversationPatchSchema } from '../../schema.ts';

const unknown = () => new AppError('not_found', 'There is no such conversation.');

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const conversation = await readConversation(runtime, viewer.id, await idOf(context));
    if (!conversation) throw unknown();
    return jsonResponse(conversation);
  });

export const PATCH = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const { title, pinned, archived } = await readJsonBody(request, conversationPatchSchema);
    const conversation = await runtime.store.conversations.update(viewer.id, id, {
      ...(title !== undefined && { title }),
      ...(pinned !== undefined && { pinned }),
      ...(archived !== undefined && { archived }),
      at: runtime.clock.now(),
    });
    if (!conversation) throw unknown();
    return jsonResponse(conversation);
  });

export const DELETE = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    if (!(await runtime.store.trash.put(viewer.id, id, runtime.clock.now()))) throw unknown();
    await runtime.runLog.drop([id]);
    return emptyResponse();
  });
