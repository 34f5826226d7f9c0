'use client';

import { askedThinkingWords, judgeThinking } from '../../../lib/asked-thinking.ts';
import { billedByProvider, ownHardware } from '../../../lib/price.ts';
import Link from 'next/link';
import type { Generation } from '../../../lib/conversation.ts';
import { serverRateOf, thinkingMsOf, tokenRatesOf } from '../../../lib/token-rate.ts';
import { computeAddressOf } from '../../../lib/token-log.ts';
import {
  formatCost,
  formatCount,
  formatDuration,
  formatMoment,
  formatTokens,
  tokensAtRate,
} from '../../../lib/quantity-words.ts';
import { sourceMeaning, sourceName } from '../../words/usage-source.ts';
import { FigureRows } from './figure-rows.tsx';
import type { GenerationView } from '../../conversation/generation-store.ts';

/** The account of an answer: its tokens and how we know, its cost, its times, who answered. */
export default function UsageCard(props: { conversationId: string; view: GenerationView; generation: Generation }) {
  const { view, generation } = props;
  const source = view.state.usage?.source ?? 'estimated';
  return (
    <div className="usage-card">
      <TokenBar reasoning={view.reasoningTokens} answer={view.answerTokens} />
      <FigureRows
        rows={[
          ['Asked on', formatMoment(generation.queuedAt)],
          ...countsOf(view, generation),
          ...timesOf(view),
          ...serverTimesOf(view),
          ...modelsOf(view, generation),
        ]}
      />
      <p className="mt-2 border-t border-line pt-2 text-ink-muted">
        <strong>{sourceName(source)}.</strong> {sourceMeaning[source]}
        {view.state.usage?.serverTimes && ' What the server did is by its own clock.'}
      </p>
      <Link
        href={computeAddressOf(props.conversationId)}
        prefetch={false}
        className="mt-1.5 inline-block font-medium text-accent underline-offset-4 hover:underline"
      >
        What the conversation cost
      </Link>
    </div>
  );
}

type Row = [name: string, value: string];

function countsOf(view: GenerationView, { sampling }: Generation): Row[] {
  const { usage, times, finish } = view.state;
  const rates = tokenRatesOf(times, { ...usage, ...view });
  const rows: Row[] = [
    ['Thinking', tokensAtRate(view.reasoningTokens, rates.thinking)],
    ['Answer', tokensAtRate(view.answerTokens, rates.answer)],
  ];
  const asked = finish && judgeThinking(sampling, usage);
  if (asked) rows.push(['… as asked', askedThinkingWords(asked)]);
  if (usage?.otherTokens) rows.push(['… tags and end', formatTokens(usage.otherTokens)]);
  if (usage?.promptTokens !== undefined) {
    rows.unshift(['Prompt', countWithCache(usage.promptTokens, usage.cachedPromptTokens)]);
  }
  if (finish?.cost !== undefined) rows.push(['Cost', costOfDay(finish.cost, finish.pricesAsOf)]);
  return rows;
}

function timesOf({ state: { times, usage } }: GenerationView): Row[] {
  const { firstByte, reasoningStart, answerStart, end } = times;
  const thoughtMs = times.reasoningEnd === undefined ? undefined : thinkingMsOf(times, usage);
  const spans: [name: string, from: number | undefined, to: number | undefined][] = [
    ['First byte after', 0, firstByte],
    ['First thought after', 0, reasoningStart],
    ['Thought for', 0, thoughtMs],
    ['Answered for', answerStart, end],
    ['In all', 0, end],
  ];
  return spans.flatMap(([name, from, to]): Row[] =>
    from === undefined || to === undefined ? [] : [[name, formatDuration(to - from)]],
  );
}

/** What the server that answered says of its own time. */
function serverTimesOf({ state: { usage } }: GenerationView): Row[] {
  const { loadMs, promptMs, readTokens, writeMs, writtenTokens } = usage?.serverTimes ?? {};
  const rate = serverRateOf(usage?.serverTimes);
  const spans: [name: string, ms: number | undefined, words: string | undefined][] = [
    ['Server loaded for', loadMs && loadMs >= 50 ? loadMs : undefined, undefined],
    ['Server read for', promptMs, readTokens === undefined ? undefined : formatTokens(readTokens)],
    ['Server wrote for', writeMs, writtenTokens === undefined ? undefined : tokensAtRate(writtenTokens, rate)],
  ];
  return spans.flatMap(([name, ms, words]): Row[] =>
    ms === undefined ? [] : [[name, words === undefined ? formatDuration(ms) : `${formatDuration(ms)} · ${words}`]],
  );
}

function modelsOf({ state: { finish } }: GenerationView, { modelId }: Generation): Row[] {
  const answered = finish?.answeredModel;
  return [['Asked', modelId], ...(answered && answered !== modelId ? ([['Answered', answered]] as Row[]) : [])];
}

function costOfDay(usd: number, day: string | undefined): string {
  if (day === billedByProvider) return `${formatCost(usd)}, as the provider reported`;
  if (day === ownHardware.asOf) return `${formatCost(usd)}, on your own hardware`;
  return day === undefined ? formatCost(usd) : `${formatCost(usd)}, prices of ${day}`;
}

/** Thinking against answer, at a glance. */
function TokenBar({ reasoning, answer }: { reasoning: number; answer: number }) {
  const share = (100 * reasoning) / Math.max(1, reasoning + answer);
  return (
    <svg
      aria-hidden="true"
      className="mb-2 block h-1.25 w-full rounded-full"
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
    >
      <rect width="100" height="4" className="fill-answer" />
      <rect width={share} height="4" className="fill-thinking" />
    </svg>
  );
}

function countWithCache(tokens: number, cached: number | undefined): string {
  return cached ? `${formatTokens(tokens)}, ${formatCount(cached)} from cache` : formatTokens(tokens);
}
