import type { ShareExpiry } from '../../lib/share.ts';

/** For how long a link may be open. */
export const expiryWords: readonly (readonly [ShareExpiry, string])[] = [
  ['day', 'A day'],
  ['week', 'A week'],
  ['month', '30 days'],
  ['never', 'No end'],
];
