import { AppError } from '../../errors.ts';
import { getConfig } from '../config.ts';

/**
 * Refuses, before any work, a request that a page of another origin could have made a browser send.
 * Called for every request on its way in and again by every API route.
 * @throws AppError `misdirected`, `not_found`, `forbidden` or `unsupported_media_type`.
 */
export function guardRequest(request: Request): void {
  const host = request.headers.get('host') ?? new URL(request.url).host;
  if (!getConfig().allowedHosts.has(hostNameOf(host))) {
    throw new AppError(
      'misdirected',
      `This server does not answer for "${host.slice(0, 100)}". Add it to THINKGLASS_ALLOWED_HOSTS if it should.`,
    );
  }
  if (!isDecodable(new URL(request.url).pathname)) {
    throw new AppError('not_found', 'There is nothing under this address.'); // Next.js would answer 500
  }
  if (request.method === 'GET' || request.method === 'HEAD') return;
  if (!isSameOrigin(request, host)) {
    throw new AppError('forbidden', 'Changes are taken only from this site itself: send its own Origin header.');
  }
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if ((hasBody(request) || type !== undefined) && type !== 'application/json') {
    throw new AppError('unsupported_media_type', 'Send application/json.');
  }
}

function hasBody(request: Request): boolean {
  return request.headers.has('transfer-encoding') || Number(request.headers.get('content-length') ?? 0) > 0;
}

function isSameOrigin(request: Request, host: string): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  if (origin === null || !URL.canParse(origin)) return false;
  return new URL(origin).host === host.toLowerCase();
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function hostNameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
