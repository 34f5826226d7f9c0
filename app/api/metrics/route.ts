import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../../../lib/errors.ts';
import { answer } from '../../../lib/server/api-route.ts';

export const GET = (request: Request) =>
  answer(request, async ({ runtime }) => {
    const token = runtime.config.telemetry.metricsToken;
    const { metrics } = runtime.telemetry;
    // Off, it is as if it were not there.
    if (!token || !metrics) throw new AppError('not_found', 'There is nothing here.');
    if (!isSame(request.headers.get('authorization') ?? '', `Bearer ${token}`)) {
      throw new AppError('forbidden', 'The metrics need their token, as "Authorization: Bearer …".');
    }
    const { contentType, text } = await metrics.render();
    return new Response(text, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
  });

/** Compared in a time that does not tell how much of it is right. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
