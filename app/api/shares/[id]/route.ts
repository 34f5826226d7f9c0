import { readJsonBody } from '../../../../lib/server/read-body.ts';
import { emptyResponse, jsonResponse } from '../../../../lib/server/respond.ts';
import { answer } from '../../../../lib/server/api-route.ts';
import { admitSharing, publicBase } from '../../../../lib/server/share-reading.ts';
import { expiryFrom } from '../../../../lib/share.ts';
import type { IdParams } from '../../params.ts';
import { shareChangeSchema, shareIdOf, unknownShare } from '../share-schema.ts';

export const PATCH = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await shareIdOf(context);
    const { expires } = await readJsonBody(request, shareChangeSchema);
    await admitSharing(viewer.id);
    const share = await runtime.store.shares.updateExpiry(viewer.id, id, expiryFrom(runtime.clock.now(), expires));
    if (!share) throw unknownShare();
    return jsonResponse({ ...share, url: `${publicBase(request, runtime.config)}/s/${id}` });
  });

export const DELETE = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await shareIdOf(context);
    if (!(await runtime.store.shares.revoke(viewer.id, id, runtime.clock.now()))) throw unknownShare();
    return emptyResponse();
  });
