import { guardRequest } from './auth/request-guard.ts';
import { cookiesOf, createViewer, findViewer, type Viewer, viewerCookie } from './auth/viewer.ts';
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
    const found = await findViewer(cookiesOf(request.headers));
    const created = found ? undefined : await createViewer();
    const viewer = found ?? created?.viewer;
    if (!viewer) throw new Error('unreachable: one of them is there');
    const response = await respond({ request, viewer, runtime: await getRuntime() });
    if (created) {
      const secure = new URL(request.url).protocol === 'https:';
      response.headers.append('set-cookie', viewerCookie(created.sealed, secure));
    }
    return response;
  } catch (error) {
    return errorResponse(error, request);
  }
}
