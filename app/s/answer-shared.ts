import { renderGonePage, renderTroublePage } from '../../components/share/share-page.ts';
import { guardRequest } from '../../lib/server/auth/request-guard.ts';
import { apiErrorStatus } from '../../lib/errors.ts';
import { errorOf, errorResponse } from '../../lib/server/respond.ts';
import { getRuntime, type Runtime } from '../../lib/server/runtime.ts';
import { admitReading } from '../../lib/server/share-reading.ts';
import type { OpenShare } from '../../lib/server/store/shares.ts';
import { isShareId } from '../../lib/share.ts';
import { pageFiles } from './page-files.ts';

/** What Next.js hands to a route under `[share]`. */
export interface ShareParams {
  params: Promise<{ share: string }>;
}

/** On all that is under a share's address: nobody keeps it, no search engine lists it, no link tells of it. */
const headers = {
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow, noarchive',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** KaTeX sets style attributes; everything else is a file of this server. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The frame of every route under a share: whether there is such a share is asked anew each time, and what is not open
 * (revoked, expired, deleted, never there) is answered alike everywhere.
 */
export async function answerShared(
  request: Request,
  context: ShareParams,
  respond: (share: OpenShare, runtime: Runtime) => Promise<Response>,
  refuse: (thrown: unknown, request: Request) => Response | Promise<Response> = errorResponse,
): Promise<Response> {
  try {
    guardRequest(request);
    await admitReading(request);
    const { share: id } = await context.params;
    if (!isShareId(id)) return await goneResponse();
    const runtime = await getRuntime();
    const share = await runtime.store.shares.findOpen(id, runtime.clock.now());
    return share ? await respond(share, runtime) : await goneResponse();
  } catch (error) {
    // The address is a secret; the log gets none of it.
    return await refuse(error, new Request(new URL('/s/-', request.url)));
  }
}

/** An error as a page, for somebody who has opened a link. */
export async function troublePage(thrown: unknown, request: Request): Promise<Response> {
  const { code, message, retryAfterSeconds } = errorOf(thrown, request);
  return new Response(renderTroublePage(await pageFiles(''), message), {
    status: apiErrorStatus[code],
    headers: {
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    },
  });
}

/** What is under an open share's address. `name`: it is to be saved as a file. */
export function sharedResponse(
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
  type: string,
  name?: string,
): Response {
  const saved = name === undefined ? undefined : { 'content-disposition': `attachment; filename="${name}"` };
  return new Response(body, {
    headers: { ...headers, ...saved, 'content-type': type, 'content-security-policy': policy },
  });
}

export async function goneResponse(): Promise<Response> {
  return new Response(renderGonePage(await pageFiles('')), {
    status: 404,
    headers: { ...headers, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
  });
}
