import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../lib/server/config.ts';

/** Whether a request shows the token of whoever runs this server; never where none is set. */
export function hasOperatorToken(request: Request, { telemetry }: Pick<Config, 'telemetry'>): boolean {
  const { metricsToken } = telemetry;
  return metricsToken !== undefined && isSame(request.headers.get('authorization') ?? '', `Bearer ${metricsToken}`);
}

/** Compared in a time that does not tell how much of it is right. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
