import type { PromptTemplateId } from '../../lib/model.ts';
import type { SeriesStep } from '../../lib/local-days.ts';
import type { Spread } from '../../lib/token-log.ts';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** 12345 → "12,345". */
export function countWords(count: number): string {
  return whole.format(count);
}

/** 12345 → "12.3K", for where there is little room. */
export function shortCount(count: number): string {
  return count < 10_000 ? whole.format(count) : compact.format(count);
}

/** ms → "0.4 s", "12.3 s", "2 min 5 s"; under a tenth of a second in ms. */
export function durationWords(ms: number): string {
  if (ms < 100) return `${whole.format(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Tokens per second. */
export function rateWords(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : whole.format(rate);
}

/** USD: "$0.0042", "$1.25", "$1,204". */
export function costWords(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.01) return `$${Number(usd.toPrecision(2))}`;
  return usd < 1_000 ? `$${usd.toFixed(usd < 1 ? 3 : 2)}` : `$${whole.format(usd)}`;
}

/** A part of a whole in percent: "0 %" and "100 %" only when it is all or nothing. */
export function shareWords(part: number, all: number): string {
  if (all === 0) return '–';
  const percent = (part / all) * 100;
  if (percent > 0 && percent < 1) return '< 1 %';
  if (percent < 100 && percent > 99) return '> 99 %';
  return `${Math.round(percent)} %`;
}

/** Says a middle of a spread: "≈ 1,230 tokens" where it is no exact one, "–" where there is none. */
export function middleWords({ within }: Spread, words: (n: number) => string): (middle: number | undefined) => string {
  return (middle) => {
    if (middle === undefined) return '–';
    return within === undefined ? words(middle) : `≈ ${words(Number(middle.toPrecision(3)))}`;
  };
}

/** ", within 1 %", or nothing of exact middles. */
export function withinWords({ within }: Spread): string {
  return within === undefined ? '' : `, within ${Math.round(within * 100)} %`;
}

export const templateWords: Record<PromptTemplateId, string> = {
  chat: 'Chat',
  'r1-zero': 'R1-Zero, as a message',
  'r1-zero-raw': 'R1-Zero, raw',
  raw: 'Written by hand',
};

export const stepWords: Record<SeriesStep, string> = { hour: 'hour', day: 'day', week: 'week', month: 'month' };

/** A step's name for reading: "23 Nov 2026", "Nov 2026", "23 Nov, 14:00". */
export function stepLabel(step: SeriesStep, start: string): string {
  const at = new Date(step === 'hour' ? `${start}Z` : step === 'month' ? `${start}-01` : start);
  const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', timeZone: 'UTC' };
  if (step === 'hour') return at.toLocaleString('en-GB', { ...day, hour: '2-digit', minute: '2-digit' });
  if (step === 'month') return at.toLocaleDateString('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });
  const words = at.toLocaleDateString('en-GB', { ...day, year: 'numeric' });
  return step === 'week' ? `Week of ${words}` : words;
}
