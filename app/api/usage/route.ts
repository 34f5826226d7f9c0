import { jsonResponse } from '../../../lib/server/respond.ts';
import { answer } from '../../../lib/server/api-route.ts';
import type { ShownTokenLog } from '../../../lib/token-log.ts';
import { readUsageQuery } from './filter.ts';

export const GET = (request: Request) =>
  answer(request, async ({ viewer, runtime }) => {
    const { filter, zone } = readUsageQuery(request);
    const { conversationId: id } = filter;
    const [log, named] = await Promise.all([
      runtime.store.tokenLog.read(viewer.id, filter, { timeZone: zone }),
      id === undefined ? undefined : runtime.store.conversations.findTitle(viewer.id, id),
    ]);
    const shown: ShownTokenLog = { ...log, ...(id && named && { conversation: { id, title: named.title } }) };
    return jsonResponse(shown);
  });
