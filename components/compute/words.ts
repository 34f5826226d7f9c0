import type { PromptTemplateId } from '../../lib/model.ts';
import type { SeriesStep } from '../../lib/local-days.ts';
import { formatDay, formatMoment, formatMonth } from '../../lib/quantity-words.ts';
import type { Spread } from '../../lib/token-log.ts';

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

/** A step's name for reading: "23 Nov 2026", "Nov 2026", "23 Nov 2026, 14:00". */
export function stepLabel(step: SeriesStep, start: string): string {
  if (step === 'hour') return formatMoment(Date.parse(`${start}Z`), 'UTC');
  if (step === 'month') return formatMonth(Date.parse(`${start}-01`), 'UTC');
  const day = formatDay(Date.parse(start), 'UTC');
  return step === 'week' ? `Week of ${day}` : day;
}
