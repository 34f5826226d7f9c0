import { readJsonBody } from '../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import { previewShare } from '../../../../lib/server/sharing.ts';
import { previewSchema } from '../share-schema.ts';

export const POST = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const choice = await readJsonBody(request, previewSchema);
    return jsonResponse({ snapshot: await previewShare(runtime, viewer.id, choice) });
  });
