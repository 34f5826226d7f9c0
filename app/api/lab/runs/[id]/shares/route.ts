import { answer } from '../../../../../../lib/server/api-route.ts';
import { jsonResponse } from '../../../../../../lib/server/respond.ts';
import { admitSharing, publicBase } from '../../../../../../lib/server/share-reading.ts';
import { type IdParams, idOf } from '../../../../params.ts';

export const GET = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const base = publicBase(request, runtime.config);
    const shares = await runtime.store.labShares.list(viewer.id, await idOf(context));
    return jsonResponse({ shares: shares.map((share) => ({ ...share, url: `${base}/lab/shared/${share.id}` })) });
  });

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    await admitSharing(viewer.id);
    const share = await runtime.lab.reader.share(viewer.id, await idOf(context));
    return jsonResponse({ ...share, url: `${publicBase(request, runtime.config)}/lab/shared/${share.id}` }, 201);
  });
