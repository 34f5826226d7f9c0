import { guardRequest } from './auth/request-guard.ts';
import { admitViewer, cookiesOf, type Viewer } from './auth/viewer.ts';
import { errorResponse } from './respond.ts';
import { getRuntime, type Runtime } from './runtime.ts';

/** What every API route is given: who asks, and the runtime. */
export interface RouteContext {
  request: Request;
  viewer: Viewer;
  runtime: Runtime;
}

/**
 * A route's frame: guard, viewer, one call, respond. Whatever is thrown becomes an error answer.
 * A request without a cookie gets a new viewer, and the cookie with the answer.
 */
export async function answer(
  request: Request,
  respond: (context: RouteContext) => Promise<Response>,
): Promise<Response> {
  try {
    guardRequest(request);
    const secure = new URL(request.url).protocol === 'https:';
    const { viewer, setCookies } = await admitViewer(cookiesOf(request.headers), secure);
    const response = await respond({ request, viewer, runtime: await getRuntime() });
    for (const cookie of setCookies) response.headers.append('set-cookie', cookie);
    return response;
  } catch (error) {
    return errorResponse(error, request);
  }
}
