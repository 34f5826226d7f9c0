import { cookiesOf, findViewer } from './auth/viewer.ts';
import type { Config } from './config.ts';
import { RateLimit } from './rate-limit.ts';

/** Reading is cheap, and ids cannot be guessed; this keeps one reader from taking the machine. */
const reads = new RateLimit({
  words: 'These are many requests in a short time.',
  windowMs: 60_000,
  each: 240,
  all: 6000,
});
const shares = new RateLimit({ words: 'These are many links in a short time.', windowMs: 60_000, each: 30, all: 300 });
const forks = new RateLimit({ words: 'Too many copies were made.', windowMs: 60_000, each: 20, all: 200 });

/**
 * Lets a reader of shared pages pass; whether there is such a share is not yet known.
 * @throws AppError `too_many_requests`.
 */
export async function admitReading(request: Request): Promise<void> {
  await reads.take(request.headers.get('x-forwarded-for')?.split(',')[0]?.trim() ?? 'unknown');
}

/** @throws AppError `too_many_requests` when one person makes or changes links faster than anybody passes them on. */
export async function admitSharing(viewerId: string): Promise<void> {
  await shares.take(viewerId);
}

/** @throws AppError `too_many_requests` */
export async function admitForking(viewerId: string): Promise<void> {
  await forks.take(viewerId);
}

/**
 * The address that links to this server begin with: as it is configured, else as the request was addressed, to a host
 * that has been let in. Without a slash at its end.
 */
export function publicBase(request: Request, config: Pick<Config, 'publicUrl'>): string {
  if (config.publicUrl !== undefined) return config.publicUrl;
  const { protocol, host } = new URL(request.url);
  return `${protocol}//${request.headers.get('host') ?? host}`;
}

const programs =
  /bot\b|bot\/|crawl|spider|slurp|preview|embed|facebookexternalhit|whatsapp|telegram|curl|wget|python|axios|fetch/i;

/** Whether a person opens a shared page: not its owner, no program that looks for a preview, no browser that guesses ahead. */
export async function isVisit(request: Request, ownerId: string): Promise<boolean> {
  const { headers, method } = request;
  const purpose = `${headers.get('sec-purpose') ?? ''}${headers.get('purpose') ?? ''}`;
  const destination = headers.get('sec-fetch-dest');
  if (method !== 'GET' || /prefetch|prerender/i.test(purpose) || (destination !== null && destination !== 'document'))
    return false;
  if (programs.test(headers.get('user-agent') ?? '')) return false;
  return (await findViewer(cookiesOf(headers)))?.id !== ownerId;
}
