import { z } from 'zod';
import { answer } from '../../../../../lib/server/api-route.ts';
import { readJsonBody } from '../../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { keptName } from '../../../../../lib/zero/training.ts';

const keepSchema = z.object({ name: z.string().regex(keptName) });

export const POST = (request: Request) =>
  answer(request, async ({ runtime: { training } }) => {
    const { name } = await readJsonBody(request, keepSchema);
    await training.keep(name);
    return jsonResponse({ kept: training.kept }, 201);
  });
