'use client';

import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ModelInfo, ProviderModels } from '../../lib/model.ts';
import { formatCount, formatShortCount, formatTokens } from '../../lib/quantity-words.ts';
import { isShort, roomOf, type WindowRoom } from '../../lib/window-room.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import { findModel } from '../conversation/model-choice.ts';
import { pathOf } from '../../lib/thread-path.ts';
import { turnsOf } from '../conversation/turns.ts';

interface Metered {
  threadId: string;
  settings: ThreadSettings;
  model: ModelInfo;
  room: WindowRoom;
  turns: number;
}

/** How full the window is that a question will be asked in; of several columns, the one with the least room. */
export default function WindowMeter(props: {
  store: ConversationStore;
  view: ConversationView;
  providers: readonly ProviderModels[];
  /** The columns that are asked. */
  threadIds: readonly string[];
  question: string;
}) {
  const metered = props.threadIds.flatMap((id) => meteredOf(props, id) ?? []);
  const [tightest] = metered.toSorted((a, b) => a.room.left - b.room.left);
  if (!tightest) return null;
  const { room, model, settings, turns, threadId } = tightest;
  const whose = metered.length > 1 ? `${model.label}: ` : '';
  const short = isShort(room);
  return (
    <div className="flex h-4 items-center gap-2.5 px-1.5 text-xs text-ink-muted tabular-nums">
      <Bar room={room} short={short} words={`${whose}${wordsOf(room, model)}`} />
      {settings.recentTurns !== undefined && settings.recentTurns < turns ? (
        <button
          type="button"
          className="flex-none rounded-sm underline underline-offset-2 hover:text-ink"
          onClick={() => void props.store.setSettings(threadId, { recentTurns: undefined })}
        >
          {turns - settings.recentTurns} of {turns} turns left out · send all
        </button>
      ) : null}
      <span
        aria-hidden={!short}
        role={short ? 'status' : undefined}
        className={`min-w-0 truncate ${short ? 'text-danger' : ''}`}
      >
        {short
          ? `${whose}${shortWords(room, model)}`
          : `${formatShortCount(room.used + room.question)} / ${formatShortCount(room.window)}`}
      </span>
    </div>
  );
}

function meteredOf(
  { store, view, providers, question }: Parameters<typeof WindowMeter>[0],
  threadId: string,
): Metered | undefined {
  const settings = view.threads.find(({ id }) => id === threadId)?.settings;
  const model = findModel(providers, settings?.model)?.model;
  const window = model?.limits.contextTokens;
  if (!settings || !model || model.recording || window === undefined) return undefined;
  const turns = turnsOf(
    store,
    pathOf(view.messages, threadId, view.choice).map(({ message }) => message),
  );
  const { systemPrompt, recentTurns } = settings;
  const history = model.history === 'required' ? model.history : (settings.history ?? model.history);
  const room = roomOf({ window, turns, question, systemPrompt, history, recentTurns });
  return { threadId, settings, model, room, turns: turns.length };
}

function Bar({ room, short, words }: { room: WindowRoom; short: boolean; words: string }) {
  const share = (tokens: number) => `${Math.min(100, (100 * tokens) / room.window)}%`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> shows one part, this one two
    <span
      role="meter"
      aria-label="Window"
      aria-valuemin={0}
      aria-valuemax={room.window}
      aria-valuenow={Math.min(room.window, room.used + room.question)}
      aria-valuetext={words}
      title={words}
      className="flex h-1 min-w-8 flex-[1_0_2rem] overflow-hidden rounded-full bg-line forced-color-adjust-none"
    >
      <i className={short ? 'bg-danger/70' : 'bg-ink-muted/60'} style={{ width: share(room.used) }} />
      <i className={short ? 'bg-danger' : 'bg-accent'} style={{ width: share(room.question) }} />
    </span>
  );
}

/** All of it, for whoever asks: "Of the window of 288 tokens, as its server runs it, about 127 are used, …". */
function wordsOf({ window, used, question, left, isEstimate }: WindowRoom, { limits }: ModelInfo): string {
  const whose = limits.contextFrom === 'server' ? 'as its server runs it' : 'the most the model can have';
  const asked = question > 0 ? `, this question takes about ${formatCount(question)}` : '';
  const rest =
    left > 0
      ? `${question > 0 || isEstimate ? 'about ' : ''}${formatCount(left)} are left for thinking and answer`
      : 'none is left';
  return `Of a window of ${formatTokens(window)} (${whose}), ${isEstimate ? 'about ' : ''}${formatCount(used)} are used${asked}, ${rest}.`;
}

function shortWords({ left }: WindowRoom, { reasoning }: ModelInfo): string {
  const what = reasoning.transport === 'none' ? 'the answer' : 'thinking and answer';
  return left > 0 ? `Room for about ${formatTokens(left)} of ${what}` : 'Longer than the window';
}
