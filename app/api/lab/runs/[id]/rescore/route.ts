import { z } from 'zod';
import { ruleSchema } from '../../../../../../lib/lab/run-schema.ts';
import { answer } from '../../../../../../lib/server/api-route.ts';
import { readJsonBody } from '../../../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../../../lib/server/respond.ts';
import { type IdParams, idOf } from '../../../../params.ts';

const bodySchema = z.object({ rule: ruleSchema });

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const { rule } = await readJsonBody(request, bodySchema);
    return jsonResponse(await runtime.lab.reader.rescore(viewer.id, id, rule));
  });
