import { answer } from '../../../../../lib/server/api-route.ts';
import { emptyResponse, jsonResponse } from '../../../../../lib/server/respond.ts';
import { admitReading } from '../../../../../lib/server/share-reading.ts';
import { labShareIdOf, unknownLabShare } from '../../lab-params.ts';

interface Context {
  params: Promise<{ id: string }>;
}

export const GET = (request: Request, context: Context) =>
  answer(request, async ({ runtime }) => {
    await admitReading(request);
    const snapshot = await runtime.store.labShares.find(await labShareIdOf(context));
    if (!snapshot) throw unknownLabShare();
    return jsonResponse(snapshot);
  });

export const DELETE = (request: Request, context: Context) =>
  answer(request, async ({ viewer, runtime }) => {
    if (!(await runtime.store.labShares.delete(viewer.id, await labShareIdOf(context)))) throw unknownLabShare();
    return emptyResponse();
  });
