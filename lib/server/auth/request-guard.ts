import { AppError } from '../../errors.ts';
import { getConfig } from '../config.ts';

/** Set by the front door on what Next.js cannot be given as it is (`lib/server/front-door.ts`). */
export const refusedHeader = 'x-thinkglass-refused';

/**
 * Refuses, before any work, a request that a page of another origin could have made a browser send.
 * Called for every page on its way in and by every API route.
 * @throws AppError `method_not_allowed`, `misdirected`, `not_found`, `forbidden` or `unsupported_media_type`.
 */
export function guardRequest(request: Request): void {
  const refused = request.headers.get(refusedHeader);
  if (refused === 'method') throw new AppError('method_not_allowed', 'This method is not used here.');
  const megabytes = /^more than (\d+) MB$/.exec(refused ?? '')?.[1];
  if (megabytes !== undefined) throw new AppError('too_large', `The request is larger than ${megabytes} MB.`);
  if (refused === 'address') throw new AppError('not_found', 'There is nothing under this address.');
  if (refused !== null) throw new AppError('bad_request', 'The address of this request cannot be read.');
  const host = request.headers.get('host') ?? new URL(request.url).host;
  if (!getConfig().allowedHosts.has(hostNameOf(host))) {
    throw new AppError(
      'misdirected',
      `This server does not answer for "${host.slice(0, 100)}". Add it to THINKGLASS_ALLOWED_HOSTS if it should.`,
    );
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
  const { publicUrl } = getConfig();
  const { host: from, protocol } = new URL(origin);
  // where people reach this server, its scheme is known too
  if (publicUrl !== undefined && new URL(publicUrl).host === from) return new URL(publicUrl).protocol === protocol;
  return from === host.toLowerCase();
}

function hostNameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
