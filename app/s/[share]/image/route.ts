import { drawShareImage } from '../../../../lib/server/share-image.ts';
import { answerShared, type ShareParams, sharedResponse } from '../../answer-shared.ts';

export const GET = (request: Request, context: ShareParams) =>
  answerShared(request, context, async ({ id, snapshot }) =>
    sharedResponse(await drawShareImage(id, snapshot), 'image/png'),
  );
