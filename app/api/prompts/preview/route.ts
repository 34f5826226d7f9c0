import { previewPrompt } from '../../../../lib/server/generation/preview.ts';
import { readJsonBody } from '../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import { promptPreviewSchema } from '../../schema.ts';

export const POST = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const { settings, text } = await readJsonBody(request, promptPreviewSchema);
    return jsonResponse(await previewPrompt(runtime.models, viewer.id, settings, text));
  });
