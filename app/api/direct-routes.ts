import type { DirectRoute } from '../../lib/server/direct-routes.ts';
import { POST as createConversation } from './conversations/route.ts';
import { GET as readEvents } from './conversations/[id]/events/route.ts';
import { POST as ask } from './conversations/[id]/messages/route.ts';

/** What every question asks. Another way of writing an address is left to Next.js. */
export const directRoutes: readonly DirectRoute[] = [
  { method: 'POST', path: /^\/api\/conversations$/, answer: createConversation },
  { method: 'POST', path: /^\/api\/conversations\/([0-9a-f-]{36})\/messages$/, answer: ask },
  { method: 'GET', path: /^\/api\/conversations\/([0-9a-f-]{36})\/events$/, answer: readEvents },
];
