import {
  type EndedRound,
  endedWords,
  hasFailed,
  isNews,
  type RunningAnswer,
  type Thoughts,
} from '../../lib/thoughts.ts';
import { readStored, writeStored } from '../ui/stored.ts';
import { serverIsThere } from './connection.ts';
import { requestJson } from './request-json.ts';
import {
  isExpecting,
  readJson,
  readWatched,
  runningKey,
  seenKey,
  type ThoughtMark,
  thoughtMarks,
  unseenKey,
  writeWatched,
} from './thoughts.ts';

/** How often the server is asked while something runs. */
const lookEveryMs = 2_000;
/** The end of an answer is stored at most so long after it; news of it are looked for so far back. */
const storedWithinMs = 5_000;
/** Another tab, in which it is looked at, has so long to say so before anybody is notified. */
const seenWithinMs = 1_000;
/** So many of the rounds that were seen last are kept: the server tells only of what has just ended. */
const keptSeen = 50;

interface Unseen {
  words: string;
  failed: boolean;
  endedAt: number;
}

interface WatchOptions {
  /** Whether somebody looks at this conversation here, now. */
  isSeen: (conversationId: string) => boolean;
  /** It has ended, and no tab has shown it since. */
  onUnseen: (round: EndedRound) => void;
}

/**
 * What runs of a person's, and what has ended unseen, for as long as anything runs. Each tab asks for itself; what has been
 * seen and what has not they keep together.
 */
export class ThoughtWatch {
  readonly #options: WatchOptions;
  readonly #told = new Set<string>();
  /** When what ran at the last look was asked for, by conversation. */
  #running = new Map<string, number>();
  #marks = new Map<string, ThoughtMark>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking = false;
  #lookAgain = false;
  #ended = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Looks at once, and again and again while something runs. */
  readonly look = async (): Promise<void> => {
    if (readStored(runningKey) === undefined) this.#forget(); // another tab has seen all of it end
    this.show();
    if (readStored(runningKey) === undefined) return;
    this.#lookAgain = this.#looking;
    if (this.#looking || this.#ended) return;
    this.#looking = true;
    clearTimeout(this.#timer);
    try {
      await this.#ask();
    } catch {
      await serverIsThere();
    }
    this.#looking = false;
    if (this.#ended || readStored(runningKey) === undefined) return;
    if (this.#lookAgain) void this.look();
    else this.#timer = setTimeout(this.look, lookEveryMs);
  };

  /** Shows what is known by now; what is looked at is unseen no more. */
  show(): void {
    const unseen = readUnseen();
    const seen = [...unseen].filter(([id]) => this.#options.isSeen(id));
    for (const [id, { endedAt }] of seen) {
      unseen.delete(id);
      writeSeen(nameOf(id, endedAt));
    }
    if (seen.length > 0) writeUnseen(unseen);
    const marks = new Map<string, ThoughtMark>();
    for (const [id, { words, failed }] of unseen) marks.set(id, { state: 'unseen', words, failed });
    for (const [id, mark] of this.#marks) marks.set(id, mark);
    if (!isAlike(marks, thoughtMarks.get())) thoughtMarks.set(marks);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #forget(): void {
    this.#running = new Map();
    this.#marks = new Map();
  }

  async #ask(): Promise<void> {
    const { at: before } = readWatched();
    const from = before === undefined ? undefined : Math.min(before - storedWithinMs, ...this.#running.values());
    const { at, running, ended } = await requestJson<Thoughts>(
      'GET',
      `/api/running${from === undefined ? '' : `?since=${Math.floor(from)}`}`,
    );
    for (const round of ended) {
      const isNew = this.#running.has(round.conversationId) || round.endedAt > (before ?? at) - storedWithinMs;
      if (isNew) this.#tell(round);
    }
    const byConversation = Map.groupBy(running, ({ conversationId }) => conversationId);
    this.#running = new Map(
      [...byConversation].map(([id, answers]) => [id, Math.min(...answers.map(({ queuedAt }) => queuedAt - 1))]),
    );
    this.#marks = new Map([...byConversation].map(([id, answers]) => [id, markOf(answers)]));
    if (running.length > 0 || isExpecting()) writeWatched({ ...readWatched(), at });
    else writeStored(runningKey, undefined);
    this.show();
  }

  #tell(round: EndedRound): void {
    const { conversationId, endedAt } = round;
    const name = nameOf(conversationId, endedAt);
    if (this.#told.has(name)) return;
    this.#told.add(name);
    if (!isNews(round) || readSeen().includes(name)) return;
    if (this.#options.isSeen(conversationId)) return writeSeen(name);
    const unseen = readUnseen();
    unseen.set(conversationId, { words: endedWords(round), failed: hasFailed(round), endedAt });
    writeUnseen(unseen);
    setTimeout(() => {
      if (readUnseen().get(conversationId)?.endedAt === endedAt) this.#options.onUnseen(round);
    }, seenWithinMs);
  }
}

/** One round of a conversation, by its end. */
function nameOf(conversationId: string, endedAt: number): string {
  return `${conversationId} ${endedAt}`;
}

function markOf(answers: readonly RunningAnswer[]): ThoughtMark {
  const phases = answers.map(({ phase }) => phase);
  const tokens = answers.reduce((sum, a) => sum + (a.reasoningTokens ?? 0) + (a.answerTokens ?? 0), 0);
  const doing = phases.includes('thinking') ? 'thinking' : phases.includes('answering') ? 'answering' : 'waiting';
  return { state: 'running', doing, tokens };
}

function isAlike(a: ReadonlyMap<string, ThoughtMark>, b: ReadonlyMap<string, ThoughtMark>): boolean {
  return a.size === b.size && [...a].every(([id, mark]) => JSON.stringify(mark) === JSON.stringify(b.get(id)));
}

function readSeen(): string[] {
  return readJson<string[]>(seenKey) ?? [];
}

/** A round was seen to its end: news to no tab, nor to a later page, also once nothing is watched any more. */
function writeSeen(name: string): void {
  const others = readSeen().filter((one) => one !== name);
  writeStored(seenKey, JSON.stringify([...others, name].slice(-keptSeen)));
}

function readUnseen(): Map<string, Unseen> {
  return new Map(readJson<[string, Unseen][]>(unseenKey));
}

function writeUnseen(unseen: ReadonlyMap<string, Unseen>): void {
  writeStored(unseenKey, unseen.size > 0 ? JSON.stringify([...unseen]) : undefined);
}
