import { byHandSchema } from '../../../../../../../lib/lab/run-schema.ts';
import { answer } from '../../../../../../../lib/server/api-route.ts';
import { readJsonBody } from '../../../../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../../../../lib/server/respond.ts';
import { type SampleParams, sampleOf } from '../../../../lab-params.ts';

export const GET = (request: Request, context: SampleParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const { id, number } = await sampleOf(context);
    return jsonResponse(await runtime.lab.reader.sample(viewer.id, id, number));
  });

export const PATCH = (request: Request, context: SampleParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const { id, number } = await sampleOf(context);
    const { byHand } = await readJsonBody(request, byHandSchema);
    return jsonResponse(await runtime.lab.reader.setByHand(viewer.id, id, number, byHand));
  });
