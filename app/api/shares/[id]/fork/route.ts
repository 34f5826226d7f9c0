import { readJsonBody } from '../../../../../lib/server/read-body.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { admitForking } from '../../../../../lib/server/share-reading.ts';
import { settingsForFork } from '../../../../../lib/server/sharing.ts';
import type { IdParams } from '../../../params.ts';
import { forkSchema, shareIdOf, unknownShare } from '../../share-schema.ts';

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const shareId = await shareIdOf(context);
    const { id } = await readJsonBody(request, forkSchema);
    await admitForking(viewer.id);
    const at = runtime.clock.now();
    const share = await runtime.store.shares.findOpen(shareId, at);
    if (!share) throw unknownShare();
    const settings = settingsForFork(share.snapshot, await runtime.models.forViewer(viewer.id));
    const { instanceId } = runtime;
    const { created } = await runtime.store.shares.fork(viewer.id, { id, share, settings, at, instanceId });
    return jsonResponse({ id }, created ? 201 : 200);
  });
