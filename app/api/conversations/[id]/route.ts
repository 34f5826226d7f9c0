import { AppError } from '../../../../lib/errors.ts';
import { readJsonBody } from '../../../../lib/server/read-body.ts';
import { emptyResponse, jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/route.ts';
import { readConversation } from '../../../../lib/server/generation/read-conversation.ts';
import { type IdParams, idOf } from '../../params.ts';
import { renameSchema } from '../../schema.ts';

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
    const { title } = await readJsonBody(request, renameSchema);
    if (!(await runtime.store.renameConversation(viewer.id, id, title))) throw unknown();
    const conversation = await runtime.store.findConversation(viewer.id, id);
    if (!conversation) throw unknown();
    const { threads: _threads, messages: _messages, ...facts } = conversation;
    return jsonResponse(facts);
  });

export const DELETE = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    if (!(await runtime.store.deleteConversation(viewer.id, id))) throw unknown();
    await runtime.runs.drop(id);
    return emptyResponse();
  });
