import { type PromptTemplateId, promptTemplateIds } from '../../lib/model.ts';

export const periods = ['day', 'week', 'month', 'all', 'custom'] as const;
export type Period = (typeof periods)[number];

/** What the page is set to show, as its address says it. */
export interface ComputeView {
  period: Period;
  /** Of a custom period: the first and the last day, on the reader's clock (`2026-11-23`). */
  from?: string;
  to?: string;
  provider?: string;
  model?: string;
  template?: PromptTemplateId;
  conversation?: string;
  recordings?: 'none' | 'only';
  lab?: 'none' | 'only';
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/** What an address means; what it says wrongly is as if it were not said. */
export function parseView(params: Pick<URLSearchParams, 'get'>): ComputeView {
  const period = periods.find((name) => name === params.get('period')) ?? 'month';
  const template = promptTemplateIds.find((id) => id === params.get('template'));
  const words = ['none', 'only'] as const;
  const recordings = words.find((word) => word === params.get('recordings'));
  const lab = words.find((word) => word === params.get('lab'));
  const dayOf = (name: string) => {
    const value = params.get(name) ?? '';
    return dayPattern.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
  };
  const [from, to] = [dayOf('from'), dayOf('to')];
  const textOf = (name: string) => params.get(name)?.slice(0, 300) || undefined;
  const [provider, model, conversation] = [textOf('provider'), textOf('model'), textOf('conversation')];
  return {
    period,
    ...(period === 'custom' && from && { from }),
    ...(period === 'custom' && to && { to }),
    ...(provider && { provider }),
    ...(provider && model && { model }),
    ...(template && { template }),
    ...(conversation && { conversation }),
    ...(recordings && { recordings }),
    ...(lab && { lab }),
  };
}

/** The address of a view, from the path on. */
export function addressOf(view: ComputeView): string {
  const { period, ...rest } = view;
  const params = new URLSearchParams({ ...(period !== 'month' && { period }), ...rest });
  const query = params.toString();
  return query === '' ? '/compute' : `/compute?${query}`;
}

/** When a view begins and ends, in epoch ms; a day is from local midnight to local midnight. Absent: no bound. */
export function boundsOf(view: ComputeView, now: number): { from?: number; to?: number } {
  if (view.period === 'all') return {};
  if (view.period === 'custom') {
    return {
      ...(view.from && { from: midnightOf(view.from, 0) }),
      ...(view.to && { to: midnightOf(view.to, 1) }),
    };
  }
  const days = { day: 0, week: 6, month: 29 }[view.period];
  const start = new Date(now);
  if (view.period === 'day') return { from: now - 86_400_000 };
  start.setHours(0, 0, 0, 0);
  start.setDate(start.getDate() - days);
  return { from: start.getTime() };
}

function midnightOf(day: string, daysLater: number): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).getTime();
}

/** What the API is asked for a view. */
export function queryOf(view: ComputeView, now: number, zone: string): string {
  const { from, to } = boundsOf(view, now);
  const { period: _, from: __, to: ___, ...filters } = view;
  return new URLSearchParams({
    ...(from !== undefined && { from: String(from) }),
    ...(to !== undefined && { to: String(to) }),
    ...filters,
    zone,
  }).toString();
}
