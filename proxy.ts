import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { guardRequest } from './lib/server/auth/request-guard.ts';
import { admitViewer, viewerCookieName } from './lib/server/auth/viewer.ts';
import { getConfig } from './lib/server/config.ts';
import { errorResponse } from './lib/server/respond.ts';

/**
 * The front gate of every page: the guard, a viewer for whoever comes without one (so that a page can read its rows in the
 * same request), and the headers of a page. Each API route is its own gate.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  try {
    guardRequest(request);
    return await admit(request);
  } catch (error) {
    return errorResponse(error, request);
  }
}

async function admit(request: NextRequest): Promise<Response> {
  const headers = new Headers(request.headers);
  const { pathname } = request.nextUrl;
  // Who only reads what is shared stays unknown; those pages bring a stricter policy of their own.
  const isShared = pathname.startsWith('/s/');
  const isFile = publicFiles.test(pathname);
  const secure = request.nextUrl.protocol === 'https:';
  const admitted =
    isShared || isFile ? undefined : await admitViewer((name) => request.cookies.get(name)?.value, secure);
  if (admitted?.sealed !== undefined) {
    headers.set('cookie', withCookie(headers.get('cookie'), viewerCookieName(secure), admitted.sealed));
  }
  const isPage = !isShared && !isFile;
  const policy = isPage ? pagePolicy(randomBytes(16).toString('base64')) : undefined;
  // Next.js takes the nonce for its own scripts from the request's policy.
  if (policy) headers.set('content-security-policy', policy);

  const response = NextResponse.next({ request: { headers } });
  if (policy) response.headers.set('content-security-policy', policy);
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('referrer-policy', 'no-referrer');
  response.headers.set('x-frame-options', 'DENY');
  response.headers.set('cross-origin-opener-policy', 'same-origin');
  response.headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), browsing-topics=()');
  for (const cookie of admitted?.setCookies ?? []) response.headers.append('set-cookie', cookie);
  return response;
}

/** A Cookie header with one more; the others, which may be anybody's on this host, go on byte for byte as they came. */
function withCookie(header: string | null, name: string, value: string): string {
  const others = (header ?? '')
    .split(';')
    .filter((pair) => pair.trim() !== '' && pair.split('=', 1)[0]?.trim() !== name);
  return [...others.map((pair) => pair.trim()), `${name}=${value}`].join('; ');
}

/** What lies in `public/` is the same for everybody, so nobody becomes a viewer by it (a manifest is asked for without cookies). */
const publicFiles = /^\/(icons\/|icon\.svg$|manifest\.webmanifest$|robots\.txt$)/;

/** Everything from this origin only. KaTeX sets style attributes, so those are allowed; style elements are not. */
function pagePolicy(nonce: string): string {
  const { isDevelopment } = getConfig();
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export const config = {
  // The bundles are public and immutable. What is under /api does by itself what is done here (`lib/server/api-route.ts`):
  // to give a request to both, Next.js builds it twice and holds all of its body in memory.
  matcher: '/((?!_next/static/|api/).*)',
};
