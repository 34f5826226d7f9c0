import { answer } from '../../../../../../lib/server/api-route.ts';
import { jsonResponse } from '../../../../../../lib/server/respond.ts';
import { type IdParams, idOf } from '../../../../params.ts';
import { readVoteWeight } from '../../../lab-params.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const weight = readVoteWeight(request);
    return jsonResponse(await runtime.lab.reader.votes(viewer.id, await idOf(context), weight));
  });
