import type { Answered, Conversation } from '../../lib/conversation.ts';
import { Observable } from '../ui/observable.ts';
import { requestJson } from './request-json.ts';

/** A page of the list: what is pinned, then newest first; `next` is the cursor of the page after it. */
export interface ConversationPage {
  conversations: readonly Conversation[];
  next?: string;
}

/** A change by hand. */
export interface ConversationChange {
  title?: string;
  pinned?: boolean;
  archived?: boolean;
}

/** The sidebar's list on this page. Only a browser uses it: a server renders the page it was given. */
class ConversationList {
  readonly #page = new Observable<ConversationPage | undefined>(undefined);
  /** Archived ones are kept out of the list, whoever speaks of them. */
  readonly #archived = new Set<string>();
  /** What is being deleted, or was: late news of it do not bring it back. */
  readonly #removed = new Set<string>();

  readonly subscribe = this.#page.subscribe;

  /** Undefined until the first change or `seed`. */
  readonly getPage = this.#page.get;

  /** Takes the list the server rendered, once. */
  seed(page: ConversationPage): void {
    if (!this.getPage()) this.#page.set(page);
  }

  /** Adds a conversation or brings it up to date. */
  put(conversation: Conversation): void {
    if (this.#removed.has(conversation.id)) return;
    const known = this.getPage()?.conversations ?? [];
    const others = known.filter((c) => c.id !== conversation.id);
    const answered = conversation.answered ?? known.find((c) => c.id === conversation.id)?.answered;
    if (conversation.archivedAt === undefined) this.#archived.delete(conversation.id);
    else this.#archived.add(conversation.id);
    const shown = this.#archived.has(conversation.id) ? others : [factsOf(conversation, answered), ...others];
    this.#page.set({ ...this.getPage(), conversations: shown.sort(byPlace) });
  }

  /** Whether it was deleted here. */
  isRemoved(id: string): boolean {
    return this.#removed.has(id);
  }

  /** A question was asked in it. */
  touch(id: string, updatedAt: number): void {
    const known = this.getPage()?.conversations.find((c) => c.id === id);
    if (known) this.put({ ...known, updatedAt });
  }

  /** Its model has named it. */
  takeTitle(id: string, title: string): void {
    const known = this.getPage()?.conversations.find((c) => c.id === id);
    if (known && known.title !== title) this.put({ ...known, title });
  }

  /** A question goes to a model in it, or an answer has ended. */
  takeAnswered(id: string, answered: Answered): void {
    const known = this.getPage()?.conversations.find((c) => c.id === id);
    if (known) this.put({ ...known, answered });
  }

  /** It has gained or lost a column. */
  setThreadCount(id: string, threadCount: number): void {
    const known = this.getPage()?.conversations.find((c) => c.id === id);
    if (known) this.put({ ...known, threadCount });
  }

  /** @throws RequestFailed; then the old title is back. */
  rename(conversation: Conversation, title: string): Promise<void> {
    return this.change(conversation, { title });
  }

  /**
   * Renames, pins, unpins, archives or brings back.
   * @throws RequestFailed; then it is as it was.
   */
  async change(conversation: Conversation, change: ConversationChange): Promise<void> {
    this.put(withChange(conversation, change));
    try {
      this.put(await requestJson<Conversation>('PATCH', `/api/conversations/${conversation.id}`, change));
    } catch (error) {
      this.put(conversation);
      throw error;
    }
  }

  /** Deletes; for half a minute `restore` brings it back. @throws RequestFailed; then it is back in the list. */
  async remove(conversation: Conversation): Promise<void> {
    const page = this.getPage() ?? { conversations: [] };
    this.#removed.add(conversation.id);
    this.#page.set({ ...page, conversations: page.conversations.filter((c) => c.id !== conversation.id) });
    try {
      await requestJson('DELETE', `/api/conversations/${conversation.id}`);
    } catch (error) {
      this.#removed.delete(conversation.id);
      this.put(conversation);
      throw error;
    }
  }

  /** Takes a deletion back. @throws RequestFailed when it is too late. */
  async restore(conversation: Conversation): Promise<void> {
    const restored = await requestJson<Conversation>('POST', `/api/conversations/${conversation.id}/restore`);
    this.#removed.delete(conversation.id);
    this.put({ ...(conversation.answered && { answered: conversation.answered }), ...restored });
  }

  /** Deletes all there are, archived ones too; answers how many. @throws RequestFailed */
  async removeAll(): Promise<number> {
    const { deleted } = await requestJson<{ deleted: number }>('DELETE', '/api/conversations', { all: true });
    for (const { id } of this.getPage()?.conversations ?? []) this.#removed.add(id);
    this.#page.set({ conversations: [] });
    return deleted;
  }

  /** @throws RequestFailed */
  async loadMore(): Promise<void> {
    const { next } = this.getPage() ?? {};
    if (next === undefined) return;
    const more = await requestJson<ConversationPage>(
      'GET',
      `/api/conversations?limit=50&before=${encodeURIComponent(next)}`,
    );
    const known = this.getPage()?.conversations ?? [];
    const fresh = more.conversations.filter((c) => !known.some((k) => k.id === c.id) && !this.#removed.has(c.id));
    this.#page.set({ conversations: [...known, ...fresh], ...(more.next !== undefined && { next: more.next }) });
  }
}

export const conversationList = new ConversationList();

/** What the server will make of a change, until it says so itself. */
export function withChange(conversation: Conversation, { title, pinned, archived }: ConversationChange): Conversation {
  const { pinnedAt, archivedAt, ...facts } = conversation;
  const pin = pinned === false || archived ? undefined : pinned ? (pinnedAt ?? Date.now()) : pinnedAt;
  const archive = archived === false || pinned ? undefined : archived ? (archivedAt ?? Date.now()) : archivedAt;
  return {
    ...facts,
    ...(title !== undefined && { title }),
    ...(pin !== undefined && { pinnedAt: pin }),
    ...(archive !== undefined && { archivedAt: archive }),
  };
}

/** Without what else a conversation may carry: its messages are not the list's. */
function factsOf(
  { id, title, createdAt, updatedAt, threadCount, pinnedAt }: Conversation,
  answered: Answered | undefined,
): Conversation {
  return {
    ...{ id, title, createdAt, updatedAt, threadCount },
    ...(pinnedAt !== undefined && { pinnedAt }),
    ...(answered && { answered }),
  };
}

/** Pinned first, the latest pin on top; then the newest question. */
function byPlace(a: Conversation, b: Conversation): number {
  if (a.pinnedAt !== undefined || b.pinnedAt !== undefined) return (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0);
  return b.updatedAt - a.updatedAt;
}
