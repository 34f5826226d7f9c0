'use client';

import Link from 'next/link';
import type { Generation } from '../../lib/conversation.ts';
import { tokenRatesOf } from '../../lib/token-rate.ts';
import { computeAddressOf } from '../../lib/token-log.ts';
import { formatCost, formatCount, formatDuration, formatTokens, tokensAtRate } from '../../lib/quantity-words.ts';
import { sourceMeaning, sourceName } from '../words/usage-source.ts';
import type { GenerationView } from '../conversation/generation-store.ts';

/** The account of an answer: its tokens and how we know, its cost, its times, who answered. */
export default function UsageCard(props: { conversationId: string; view: GenerationView; generation: Generation }) {
  const { view, generation } = props;
  const { usage, times, finish } = view.state;
  const source = usage?.source ?? 'estimated';
  const rows: [name: string, value: string][] = [];
  if (usage?.promptTokens !== undefined)
    rows.push(['Prompt', countWithCache(usage.promptTokens, usage.cachedPromptTokens)]);
  const rates = tokenRatesOf(times, view);
  rows.push(
    ['Thinking', tokensAtRate(view.reasoningTokens, rates.thinking)],
    ['Answer', tokensAtRate(view.answerTokens, rates.answer)],
  );
  if (finish?.cost !== undefined) rows.push(['Cost', costOfDay(finish.cost, finish.pricesAsOf)]);
  if (times.firstByte !== undefined) rows.push(['First byte after', formatDuration(times.firstByte)]);
  if (times.reasoningStart !== undefined) rows.push(['First thought after', formatDuration(times.reasoningStart)]);
  if (times.reasoningStart !== undefined && times.reasoningEnd !== undefined) {
    rows.push(['Thought for', formatDuration(times.reasoningEnd - times.reasoningStart)]);
  }
  if (times.answerStart !== undefined && times.end !== undefined) {
    rows.push(['Answered for', formatDuration(times.end - times.answerStart)]);
  }
  if (times.end !== undefined) rows.push(['In all', formatDuration(times.end)]);
  rows.push(['Asked', generation.modelId]);
  if (finish?.answeredModel && finish.answeredModel !== generation.modelId)
    rows.push(['Answered', finish.answeredModel]);
  return (
    <div className="usage-card">
      <TokenBar reasoning={view.reasoningTokens} answer={view.answerTokens} />
      <dl>
        {rows.map(([name, value]) => (
          <div key={name} className="usage-row">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="usage-source">
        <strong>{sourceName(source)}.</strong> {sourceMeaning[source]}
      </p>
      <Link href={computeAddressOf(props.conversationId)} prefetch={false} className="usage-all">
        What the conversation cost
      </Link>
    </div>
  );
}

function costOfDay(usd: number, day: string | undefined): string {
  return day === undefined ? formatCost(usd) : `${formatCost(usd)}, prices of ${day}`;
}

/** Thinking against answer, at a glance. */
function TokenBar({ reasoning, answer }: { reasoning: number; answer: number }) {
  const share = (100 * reasoning) / Math.max(1, reasoning + answer);
  return (
    <svg aria-hidden="true" className="token-bar" viewBox="0 0 100 4" preserveAspectRatio="none">
      <rect width="100" height="4" className="token-bar-answer" />
      <rect width={share} height="4" className="token-bar-thinking" />
    </svg>
  );
}

function countWithCache(tokens: number, cached: number | undefined): string {
  return cached ? `${formatTokens(tokens)}, ${formatCount(cached)} from cache` : formatTokens(tokens);
}
