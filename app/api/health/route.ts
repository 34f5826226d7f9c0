import { AppError } from '../../../lib/errors.ts';
import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/api-route.ts';

export const GET = (request: Request) =>
  answer(request, async ({ runtime }) => {
    if (runtime.runs.isDraining) throw new AppError('unavailable', 'The server is stopping.');
    await runtime.store.ping();
    const { kind, version } = runtime.store.describe();
    return jsonResponse({
      status: 'ok',
      version: runtime.config.version,
      store: { kind, version },
      running: runtime.runs.count,
    });
  });
