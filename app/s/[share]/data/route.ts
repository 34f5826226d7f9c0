import { answerShared, type ShareParams, sharedResponse } from '../../answer-shared.ts';

export const GET = (request: Request, context: ShareParams) =>
  answerShared(request, context, async ({ snapshot }) =>
    sharedResponse(JSON.stringify(snapshot), 'application/json; charset=utf-8'),
  );
