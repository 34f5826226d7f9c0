import { answer } from '../../../../../../lib/server/api-route.ts';
import { jsonResponse } from '../../../../../../lib/server/respond.ts';
import { type IdParams, idOf } from '../../../../params.ts';
import { readSampleSearch } from '../../../lab-params.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const search = readSampleSearch(request);
    return jsonResponse(await runtime.lab.reader.samples(viewer.id, await idOf(context), search));
  });
