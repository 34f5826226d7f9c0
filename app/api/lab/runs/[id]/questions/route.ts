import { answer } from '../../../../../../lib/server/api-route.ts';
import { jsonResponse } from '../../../../../../lib/server/respond.ts';
import { type IdParams, idOf } from '../../../../params.ts';
import { readPage } from '../../../lab-params.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const page = readPage(request);
    return jsonResponse(await runtime.lab.reader.questions(viewer.id, await idOf(context), page));
  });
