import { storageReason } from '../../../lib/storage-trouble.ts';
import { AppError } from '../../../lib/errors.ts';
import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/api-route.ts';
import { hasOperatorToken } from '../operator-token.ts';

export const GET = (request: Request) =>
  answer(request, async ({ runtime }) => {
    const { config, runs, store, storeHealth } = runtime;
    if (runs.isClosed) throw new AppError('unavailable', 'The server is stopping.');
    // What runs on a server that others can reach is for whoever runs it.
    const isTold = !config.isPublic || hasOperatorToken(request, config);
    const { trouble } = storeHealth;
    if (trouble) {
      const error = {
        code: 'storage_away',
        message: storageReason(trouble),
        reason: trouble.code,
        since: trouble.since,
      };
      return jsonResponse({ status: 'not ok', ...(isTold && { error, running: runs.count }) }, 503);
    }
    await store.ping();
    const { kind, version } = store.describe();
    return jsonResponse({
      status: 'ok',
      ...(isTold && { version: config.version, store: { kind, version }, running: runs.count }),
    });
  });
