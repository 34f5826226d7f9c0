import { AppError } from '../../../../../lib/errors.ts';
import { jsonResponse } from '../../../../../lib/server/respond.ts';
import { answer } from '../../../../../lib/server/api-route.ts';
import { type IdParams, idOf } from '../../../params.ts';

const storedWithinMs = 3_000;

export const POST = (request: Request, context: IdParams) =>
  answer(request, async ({ viewer, runtime }) => {
    const id = await idOf(context);
    // What runs here is known here: it can be stopped while the store is away.
    if (runtime.storeHealth.trouble && runtime.runs.isRunOf(viewer.id, id)) {
      await runtime.runs.stop(id);
      return jsonResponse({ state: 'running' }, 202);
    }
    const generation = await runtime.store.generations.find(viewer.id, id);
    if (!generation) throw new AppError('not_found', 'There is no such generation.');
    // The provider is let go at once; a store that cannot be written to is not waited for here.
    if (generation.state === 'running') await runtime.runLog.command('stop', [id], storedWithinMs);
    const after = await runtime.store.generations.find(viewer.id, id);
    return jsonResponse({ state: after?.state ?? generation.state }, 202);
  });
