'use client';

import type { Message } from '../../lib/conversation.ts';
import type { Price } from '../../lib/price.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { formatCost, formatCount, formatDuration, formatRate } from '../../lib/quantity-words.ts';
import { HealthBadges } from '../answer/health-badges.tsx';
import { jumpToThought } from '../answer/thinking/thought-jump.ts';
import { useClock } from '../answer/use-clock.ts';
import { type Figures, figuresOf } from './figures.ts';
import { useCalmViews } from './use-calm-views.ts';

/** A column's answer in numbers, ticking calmly; when it is over, the health of its thinking too. */
export function FiguresGrid(props: { store: ConversationStore; answer: Message; price: Price | undefined }) {
  const [view] = useCalmViews(props.store, [props.answer]);
  const now = useClock(view !== undefined && view.state.phase !== 'done');
  if (!view) return null;
  const figures = figuresOf(view, now, props.price);
  const { health } = view.state;
  return (
    <>
      <dl className="grid grid-cols-4 gap-x-2 gap-y-1 px-2 pt-0.5 pb-0.5 tabular-nums @[34rem]:grid-cols-7">
        {cellsOf(figures).map(({ name, value, title }) => (
          <div key={name} title={title} className="flex min-w-0 flex-col-reverse">
            <dt className="truncate text-xs leading-tight text-ink-muted">{name}</dt>
            <dd
              className={`truncate text-base leading-tight ${value === undefined ? 'text-ink-muted' : 'font-medium'}`}
            >
              {value ?? '–'}
            </dd>
          </div>
        ))}
      </dl>
      {/* Their line is kept free while it thinks, so that nothing moves when they come. */}
      {(health || (figures.running && figures.reasoningTokens > 0)) && (
        <div className="min-h-8 overflow-x-auto px-1 pt-1 scrollbar-none">
          {health && <HealthBadges health={health} onJump={(at) => jumpToThought(props.answer.id, at)} />}
        </div>
      )}
    </>
  );
}

/** In a low window: its tokens and its time in one line. */
export function FiguresLine({ store, answer }: { store: ConversationStore; answer: Message }) {
  const [view] = useCalmViews(store, [answer]);
  const now = useClock(view !== undefined && view.state.phase !== 'done');
  if (!view) return null;
  const { reasoningTokens, answerTokens, totalMs } = figuresOf(view, now);
  return (
    <span
      className="hidden truncate tabular-nums short:inline"
      title="Tokens of thinking and answer, and the time in all"
    >
      <span className="text-ink">{formatCount(reasoningTokens)}</span> +{' '}
      <span className="text-ink">{formatCount(answerTokens)}</span>
      {totalMs !== undefined && ` · ${shortDuration(totalMs)}`}
    </span>
  );
}

function cellsOf(figures: Figures): { name: string; value: string | undefined; title: string }[] {
  const { tokensPerSecond, firstTokenMs, thinkingMs, totalMs, cost } = figures;
  return [
    { name: 'Thinking', value: formatCount(figures.reasoningTokens), title: 'Tokens of thinking' },
    { name: 'Answer', value: formatCount(figures.answerTokens), title: 'Tokens of the answer' },
    {
      name: 'tok/s',
      value: told(tokensPerSecond, formatRate),
      title: 'Tokens per second, from the first one on',
    },
    { name: 'First token', value: told(firstTokenMs, shortDuration), title: 'Time to the first token' },
    { name: 'Thought', value: told(thinkingMs, shortDuration), title: 'Time spent thinking' },
    { name: 'In all', value: told(totalMs, shortDuration), title: 'Time in all' },
    {
      name: 'Cost',
      value: cost === undefined ? undefined : `${figures.costGrows ? '~' : ''}${formatCost(cost)}`,
      title: figures.costGrows ? 'Cost of what it has said so far, without the prompt' : 'Cost in US dollars',
    },
  ];
}

/** A cell has no room for "under 0.1 s". */
function shortDuration(ms: number): string {
  return formatDuration(ms).replace(/^under /, '< ');
}

function told(quantity: number | undefined, words: (quantity: number) => string): string | undefined {
  return quantity === undefined ? undefined : words(quantity);
}
