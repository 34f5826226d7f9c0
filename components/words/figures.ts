import type { UsageSource } from '../../lib/usage.ts';

const numbers = new Intl.NumberFormat('en-US');

/** 1234 → "1,234". */
export function formatCount(count: number): string {
  return numbers.format(Math.round(count));
}

/** 1 → "1 token". */
export function formatTokens(count: number): string {
  return `${formatCount(count)} ${Math.round(count) === 1 ? 'token' : 'tokens'}`;
}

/** "1,234 tokens · 45 tok/s"; without a pace, the tokens alone. */
export function tokensAtPace(tokens: number, perSecond: number | undefined): string {
  if (perSecond === undefined) return formatTokens(tokens);
  return `${formatTokens(tokens)} · ${perSecond < 9.95 ? perSecond.toFixed(1) : formatCount(perSecond)} tok/s`;
}

/** Time that has passed, for reading back: "under 0.1 s", "0.4 s", "12.3 s", "2 min 5 s". `ms` in milliseconds. */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < 50) return 'under 0.1 s';
  return ms < 59_950 ? `${(ms / 1000).toFixed(1)} s` : formatClock(Math.round(ms / 1000) * 1000);
}

/** Time that is passing, in whole seconds: "12 s", "1 min", "2 min 5 s". `ms` in milliseconds. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest > 0 ? ` ${rest} s` : ''}`;
}

/** USD: "$0.0042", "$1.25". */
export function formatCost(usd: number): string {
  if (usd === 0) return '$0';
  return usd < 0.01 ? `$${usd.toPrecision(2)}` : `$${usd.toFixed(usd < 1 ? 3 : 2)}`;
}

/** 4 683 075 271 → "4.7 GB", in powers of a thousand. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power < 3 ? 0 : 1)} ${units[power]}`;
}

/** 0.256 → "25 %"; never 100 before it is done. */
export function formatPercent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** What each source of a count means, for the person who wonders. */
export const sourceMeaning: Record<UsageSource, string> = {
  reported: 'The provider counted thinking and answer itself.',
  split: 'The provider gave one total; we shared it out in the proportion of our own counts.',
  counted: "The provider gave no count; we counted with the model's own tokenizer.",
  estimated: 'The provider gave no count; this is an estimate from the length of the text.',
};
