import type { SharedAnswer, SharedColumn } from '../../lib/share.ts';
import { formatCount, formatDuration, formatTokens } from '../../lib/quantity-words.ts';
import { finalAnswerOf } from '../../lib/reasoning/final-answer.ts';
import type { Timeline } from '../../lib/timeline.ts';
import { areasOf, describeStalls } from '../words/timeline-figure.ts';
import { escapeHtml, renderMarkdown } from '../markdown/static-html.ts';
import { agreementOf } from '../words/agreement-words.ts';
import { healthSignsOf, type HealthSign } from '../words/health-words.ts';

const toneLook: Record<HealthSign['tone'], string> = {
  fine: 'rounded-full bg-accent',
  notable: 'rotate-45 bg-danger',
  none: 'rounded-full border border-ink-muted',
};

/** The signs of how a thought went. */
export function renderHealth({ health }: SharedAnswer): string {
  const signs = health ? healthSignsOf(health) : [];
  if (signs.length === 0) return '';
  const items = signs.map(
    ({ name, value, tone }) =>
      `<li class="inline-flex items-center gap-1.5 rounded-full border border-line px-2 text-xs/5 text-ink-muted"><span aria-hidden="true" class="size-1.75 flex-none forced-color-adjust-none ${toneLook[tone]}"></span>${escapeHtml(name)} <strong class="font-semibold text-ink tabular-nums">${escapeHtml(value)}</strong></li>`,
  );
  return `<ul class="flex flex-wrap gap-1.5" aria-label="Health of the thinking">${items.join('')}</ul>`;
}

const plane = { width: 640, height: 88 };

/** How an answer's tokens came, over time. */
export function renderTimeline(timeline: Timeline): string {
  const [lastAt, reasoning, answer] = timeline.points.at(-1) ?? [0, 0, 0];
  if (lastAt <= 0) return '';
  const areas = areasOf(timeline.points, { ...plane, end: lastAt, top: Math.max(1, (reasoning + answer) * 1.06) });
  const words = `${formatTokens(reasoning)} of thinking, then ${formatTokens(answer)} of answer, in ${formatDuration(lastAt)}`;
  return (
    '<details class="text-sm text-ink-muted"><summary class="w-fit rounded-md py-1 font-medium hover:text-ink">Tokens over time</summary>' +
    `<svg role="img" aria-label="${escapeHtml(words)}" class="mt-1 block h-22 w-full border-b border-line forced-color-adjust-none" viewBox="0 0 ${plane.width} ${plane.height}" preserveAspectRatio="none">` +
    `<path class="fill-thinking/75" d="${areas.thinking}"/><path class="fill-answer/80" d="${areas.answer}"/></svg>` +
    `<p class="mt-1 flex flex-wrap gap-x-3 text-xs tabular-nums"><span>${legend('bg-thinking')}Thinking ${formatCount(reasoning)}</span><span>${legend('bg-answer')}Answer ${formatCount(answer)}</span><span>${formatDuration(lastAt)}</span><span>${escapeHtml(describeStalls(timeline))}</span></p></details>`
  );
}

function legend(look: string): string {
  return `<span aria-hidden="true" class="mr-1.5 inline-block size-2 rounded-full forced-color-adjust-none ${look}"></span>`;
}

/** Whether the columns of a comparison come to the same, and what each of them took, on one scale. */
export function* renderComparison(columns: readonly SharedColumn[]): Generator<string> {
  const lasts = columns.map(({ model, messages }) => ({
    model,
    question: messages.findLast((message) => message.role === 'user')?.text,
    answer: messages.findLast((message) => message.role === 'assistant'),
  }));
  if (lasts.some(({ question }) => question !== lasts[0]?.question)) return;
  const verdict = agreementOf(
    lasts.map(({ model, answer }) => ({ label: model, final: answer && finalAnswerOf(answer.answer) })),
  );
  yield '';
  const told = lasts.flatMap(({ model, answer }) => (answer?.numbers ? [{ model, numbers: answer.numbers }] : []));
  if (!verdict.most && told.length === 0) return;
  yield '<div class="mt-6 flex flex-col gap-2 rounded-lg border border-line bg-sunken/55 px-4 py-3 text-sm">';
  if (verdict.most) {
    const others = verdict.others.map(
      ({ labels, answer }) => `<span>· ${escapeHtml(labels.join(', '))} ${renderFinal(answer)}</span>`,
    );
    yield `<div class="flex flex-wrap items-baseline gap-x-1.5 font-medium">${escapeHtml(verdict.words)} ${renderFinal(verdict.most)} ${others.join(' ')}${verdict.unclear === undefined ? '' : ` <span class="text-ink-muted">· ${escapeHtml(verdict.unclear)}</span>`}</div>`;
  }
  if (told.length > 0) yield renderBars(told);
  yield '</div>';
}

/** More than this is not set as a formula, and is cut. */
const longestFormula = 120;

function renderFinal({ text, found }: { text: string; found: string }): string {
  const isFormula = found === 'boxed' && text.length <= longestFormula && !/[$\n]/.test(text);
  const words = text.length <= longestFormula ? text : `${text.slice(0, longestFormula).toWellFormed()}…`;
  const inner = isFormula
    ? [...renderMarkdown(`$${text.replaceAll('\\dfrac', '\\tfrac')}$`, 'answer')].join('')
    : escapeHtml(words);
  return `<span class="inline-block font-serif text-md leading-tight text-ink">${inner}</span>`;
}

function renderBars(told: readonly { model: string; numbers: NonNullable<SharedAnswer['numbers']> }[]): string {
  const most = Math.max(1, ...told.map(({ numbers }) => numbers.thinkingTokens + numbers.answerTokens));
  const rows = told.map(({ model, numbers: { thinkingTokens, answerTokens, totalMs } }) => {
    const [thinking, answer] = [(100 * thinkingTokens) / most, (100 * answerTokens) / most];
    return (
      `<tr class="flex flex-wrap items-center gap-x-3 sm:contents"><th scope="row" class="text-left font-medium wrap-anywhere">${escapeHtml(model)}</th>` +
      `<td class="min-w-24 flex-1"><svg aria-hidden="true" class="block h-2 w-full overflow-hidden rounded-full forced-color-adjust-none" viewBox="0 0 100 4" preserveAspectRatio="none"><rect width="100" height="4" class="fill-ink/4"/><rect width="${thinking.toFixed(2)}" height="4" class="fill-thinking"/><rect x="${thinking.toFixed(2)}" width="${answer.toFixed(2)}" height="4" class="fill-answer"/></svg></td>` +
      `<td class="text-right whitespace-nowrap text-ink-muted tabular-nums">${formatCount(thinkingTokens)} + ${formatCount(answerTokens)}${totalMs === undefined ? '' : ` · ${formatDuration(totalMs)}`}</td></tr>`
    );
  });
  return `<table class="block"><caption class="sr-only">Tokens of thinking and answer</caption><tbody class="flex flex-col gap-x-4 gap-y-1 sm:grid sm:grid-cols-[minmax(0,max-content)_minmax(6rem,1fr)_max-content] sm:items-center">${rows.join('')}</tbody></table>`;
}
