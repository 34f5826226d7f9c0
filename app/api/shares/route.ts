import { readJsonBody } from '../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/api-route.ts';
import { admitSharing, publicBase } from '../../../lib/server/share-reading.ts';
import { previewShare } from '../../../lib/server/sharing.ts';
import { expiryFrom } from '../../../lib/share.ts';
import { shareSchema, unknownShare } from './share-schema.ts';

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const base = publicBase(request, runtime.config);
    const shares = await runtime.store.shares.list(viewer.id);
    return jsonResponse({ shares: shares.map((share) => ({ ...share, url: `${base}/s/${share.id}` })) });
  });

export const POST = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const { expires, ...choice } = await readJsonBody(request, shareSchema);
    await admitSharing(viewer.id);
    const at = runtime.clock.now();
    const expiresAt = expiryFrom(at, expires);
    const share = await runtime.store.shares.create(viewer.id, {
      ...choice,
      snapshot: await previewShare(runtime, viewer.id, choice),
      at,
      ...(expiresAt !== undefined && { expiresAt }),
    });
    if (!share) throw unknownShare();
    return jsonResponse({ ...share, url: `${publicBase(request, runtime.config)}/s/${share.id}` }, 201);
  });
