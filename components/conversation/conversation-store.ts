import {
  type Conversation,
  type ConversationDetail,
  type Thread,
  type ThreadSettings,
  titleOfQuestion,
} from '../../lib/conversation.ts';
import { createId } from '../../lib/ids.ts';
import { Branches } from './branches.ts';
import { Columns } from './columns.ts';
import { ConversationState } from './conversation-state.ts';
import { viewOf } from './conversation-view.ts';
import { Following } from './following.ts';
import { Outbox } from './outbox.ts';
import { SettingsSync } from './settings-sync.ts';

/** One conversation on this page: its messages, what runs in it, and the event stream while anything does. */
export type ConversationStore = ReturnType<typeof createStore>;

function createStore(detail: ConversationDetail, saved: boolean) {
  const state = new ConversationState(viewOf(detail, saved));
  const settings = new SettingsSync(state);
  const branches = new Branches(state);
  const following: Following = new Following(state, {
    cursor: detail.cursor,
    unacknowledged: () => ({
      removed: state.removed,
      retried: state.retried,
      isSettling: settings.isSettling,
      moving: columns.moving,
    }),
  });
  const columns = new Columns(state, following.reread);
  const outbox = new Outbox(state, { settings, following });

  const { subscribe, getView, generation, dismissProblem } = state;
  const { ask, sendAgain, takeBack, edit, alikeQuestions, retry, stop, continueAnswer } = outbox;
  const { addThread, removeThread, moveThread } = columns;
  const { choose, deleteBranch, continueAlone, fork } = branches;
  return {
    ...{ subscribe, getView, generation, dismissProblem },
    ...{ ask, sendAgain, takeBack, edit, alikeQuestions, retry, stop, continueAnswer },
    ...{ addThread, removeThread, moveThread, choose, deleteBranch, continueAlone, fork },
    setSettings: settings.setSettings,
    reread: following.reread,
    /** A screen shows this conversation; call the result when it no longer does. */
    attach: () => following.attach(() => void branches.saveLeaves()),
    /** Whether it is on the screen. */
    get isShown(): boolean {
      return following.isShown;
    },
  };
}

const stores = new Map<string, ConversationStore>();
/** Conversations kept warm while others are visited. */
const keptStores = 20;

/**
 * The store of a conversation: on a page the same one for as long as it is kept, so that following goes on when a new
 * chat becomes a conversation; on the server always a new one.
 */
export function conversationStoreOf(detail: ConversationDetail): ConversationStore {
  if (typeof window === 'undefined') return createStore(detail, true);
  const store = stores.get(detail.id) ?? createStore(detail, true);
  keep(detail.id, store);
  return store;
}

/** The store of a conversation that was here not long ago. */
export function warmStoreOf(id: string): ConversationStore | undefined {
  return stores.get(id);
}

/** A conversation, of one column or several, that exists only on this page until its first question is sent. */
export function newConversationStore(settings: readonly [ThreadSettings, ...ThreadSettings[]]): ConversationStore {
  const id = createId();
  const threads = settings.map(
    (s, position): Thread => ({ id: createId(), conversationId: id, position, settings: s }),
  );
  const now = Date.now();
  const facts: Conversation = {
    id,
    title: titleOfQuestion(''),
    createdAt: now,
    updatedAt: now,
    threadCount: threads.length,
  };
  const store = createStore({ ...facts, threads, messages: [] }, false);
  if (typeof window !== 'undefined') keep(id, store);
  return store;
}

/** Forgets a conversation that was deleted. */
export function forgetConversationStore(id: string): void {
  stores.delete(id);
}

function keep(id: string, store: ConversationStore): void {
  stores.delete(id);
  stores.set(id, store);
  for (const [oldest] of stores) {
    if (stores.size <= keptStores) break;
    stores.delete(oldest);
  }
}
