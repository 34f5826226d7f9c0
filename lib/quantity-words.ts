/**
 * How quantities are told, one form for each, on every screen, in exports, on shared pages and in what the server says.
 */

/** The page is English, whatever the browser speaks: its words, its numbers ("12.3K"), its dates ("23 Nov"). */
export const language = 'en';
const numbers = 'en-US';
const dates = 'en-GB';

const whole = new Intl.NumberFormat(numbers, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(numbers, { notation: 'compact', maximumSignificantDigits: 3 });
const cents = new Intl.NumberFormat(numbers, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const underADollar = new Intl.NumberFormat(numbers, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const underACent = new Intl.NumberFormat(numbers, { minimumSignificantDigits: 2, maximumSignificantDigits: 2 });
const oneDecimal = new Intl.NumberFormat(numbers, { maximumFractionDigits: 1 });

/** 1234.4 → "1,234". */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** 12345 → "12.3K", for where there is little room; up to 10,000 in full. */
export function formatShortCount(count: number): string {
  return count < 9_999.5 ? whole.format(count) : compact.format(count);
}

/** "1 turn", "1,234 turns". `noun` in the singular, with an s for more than one. */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${Math.round(count) === 1 ? '' : 's'}`;
}

/** "1 token", "1,234 tokens". */
export function formatTokens(count: number): string {
  return formatCounted(count, 'token');
}

/** Tokens per second: "4.2", "45"; a digit after the point only where it says something. */
export function formatRate(perSecond: number): string {
  return perSecond < 9.95 ? perSecond.toFixed(1) : formatCount(perSecond);
}

/** "45 tok/s". */
export function formatPace(perSecond: number): string {
  return `${formatRate(perSecond)} tok/s`;
}

/** "1,234 tokens · 45 tok/s"; without a rate, the tokens alone. */
export function tokensAtRate(tokens: number, perSecond: number | undefined): string {
  return perSecond === undefined ? formatTokens(tokens) : `${formatTokens(tokens)} · ${formatPace(perSecond)}`;
}

/** Time that has passed, for reading back: "under 0.1 s", "0.4 s", "12.3 s", "2 min", "2 min 5 s". `ms` in milliseconds. */
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

/** USD: "$0", "$0.0042", "$0.125", "$1.25", "$1,204.50"; under a cent to two figures, however little it is. */
export function formatCost(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.00995) return `$${underACent.format(usd)}`;
  return `$${(usd < 0.9995 ? underADollar : cents).format(usd)}`;
}

/** 4 683 075 271 → "4.7 GB", in powers of a thousand; "900 B", "12 kB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  const units = ['MB', 'GB', 'TB'];
  const power = bytes < 999_950_000 ? 0 : bytes < 999_950_000_000 ? 1 : 2;
  return `${oneDecimal.format(bytes / 1000 ** (power + 2))} ${units[power]}`;
}

/** A part of a whole in percent, "–" of nothing; "0 %" and "100 %" only when it is none or all, else "< 1 %", "> 99 %". */
export function formatShare(part: number, all = 1): string {
  if (all === 0) return '–';
  const percent = (part / all) * 100;
  if (percent > 0 && percent < 1) return '< 1 %';
  if (percent < 100 && percent > 99) return '> 99 %';
  return `${Math.round(percent)} %`;
}

/** How much of something is done, 0.256 → "25 %"; a percent only when it is reached. */
export function formatProgress(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** Where a date is told: `UTC` for one that is a day and no moment; undefined where the reader is. */
export type Zone = 'UTC' | undefined;

/** "23 Nov 2026". `at` in ms since 1970. */
export function formatDay(at: number, timeZone?: Zone): string {
  return new Date(at).toLocaleDateString(dates, { day: 'numeric', month: 'short', year: 'numeric', timeZone });
}

/** "23 Nov", for where the year is clear. `at` in ms since 1970. */
export function formatDayOfYear(at: number, timeZone?: Zone): string {
  return new Date(at).toLocaleDateString(dates, { day: 'numeric', month: 'short', timeZone });
}

/** "Nov 2026". `at` in ms since 1970. */
export function formatMonth(at: number, timeZone?: Zone): string {
  return new Date(at).toLocaleDateString(dates, { month: 'short', year: 'numeric', timeZone });
}

/** "14:05:09", of today. `at` in ms since 1970. */
export function formatTimeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString(dates, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** "23 Nov 2026, 14:05". `at` in ms since 1970. */
export function formatMoment(at: number, timeZone?: Zone): string {
  const time = new Date(at).toLocaleTimeString(dates, { hour: '2-digit', minute: '2-digit', timeZone });
  return `${formatDay(at, timeZone)}, ${time}`;
}
