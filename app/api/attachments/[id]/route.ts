import { parseAttachmentId } from '../../../../lib/attachment.ts';
import { AppError } from '../../../../lib/errors.ts';
import { attachmentResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import type { IdParams } from '../../params.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const place = parseAttachmentId((await context.params).id);
    const found = place && (await runtime.store.attachments.find(viewer.id, place));
    if (!found) throw new AppError('not_found', 'There is no such file.');
    return attachmentResponse(found);
  });
