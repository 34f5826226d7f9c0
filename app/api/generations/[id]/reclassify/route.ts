import { z } from 'zod';
import { readJsonBody } from '../../../../../lib/server/read-body.ts';
import { refile } from '../../../../../lib/server/refile.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../../params.ts';

const reclassifySchema = z.union([
  z.object({ index: z.int().min(0), kind: z.enum(['reasoning', 'answer']) }),
  z.object({ undo: z.literal(true) }),
]);

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    const wish = await readJsonBody(request, reclassifySchema);
    return jsonResponse(await refile(runtime, viewer.id, id, 'undo' in wish ? 'undo' : wish));
  });
