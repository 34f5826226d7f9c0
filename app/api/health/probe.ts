import { guardRequest } from '../../../lib/server/auth/request-guard.ts';
import type { ReadinessTrouble } from '../../../lib/server/readiness.ts';
import { errorResponse, jsonResponse } from '../../../lib/server/respond.ts';

/** What a machine asks again and again: no viewer, no store; 200, or 503 with the reasons. */
export async function probe(request: Request, look: () => Promise<ReadinessTrouble[]>): Promise<Response> {
  try {
    guardRequest(request);
    const because = await look();
    if (because.length === 0) return jsonResponse({ status: 'ok' });
    return jsonResponse({ status: 'not ok', because }, 503);
  } catch (error) {
    return errorResponse(error, request);
  }
}
