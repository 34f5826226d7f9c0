import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/route.ts';
import { readUsageQuery } from './filter.ts';

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const { filter, zone } = readUsageQuery(request);
    return jsonResponse(await runtime.store.readTokenLog(viewer.id, filter, zone));
  });
