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

/** What one tab tells the others. */
type ListNews = { put: Conversation; isRestored?: true } | { removed: string } | { removedAll: true };

/** The sidebar's list and archive on this page. Only a browser uses it: a server renders the page it was given. */
class ConversationList {
  readonly #page = new Observable<ConversationPage | undefined>(undefined);
  readonly #archive = new Observable<ConversationPage | undefined>(undefined);
  /** Archived ones are kept out of the list, whoever speaks of them. */
  readonly #archived = new Map<string, Conversation>();
  /** What is being deleted, or was: late news of it do not bring it back. */
  readonly #removed = new Set<string>();
  #tabs: BroadcastChannel | undefined;

  readonly subscribe = this.#page.subscribe;

  /** Undefined until the first change or `seed`. */
  readonly getPage = this.#page.get;

  readonly subscribeArchive = this.#archive.subscribe;

  /** What is archived, as far as it was read; undefined until `loadArchive`. */
  readonly getArchive = this.#archive.get;

  /** Takes the list the server rendered, once. */
  seed(page: ConversationPage): void {
    if (!this.getPage()) this.#page.set(page);
  }

  /** Tells the other tabs of this browser what is changed here, and shows what is changed there; returns what ends it. */
  readonly joinTabs = (): (() => void) => {
    const tabs = new BroadcastChannel('thinkglass:conversations');
    this.#tabs = tabs;
    tabs.onmessage = ({ data }: MessageEvent<ListNews>) => {
      if ('put' in data) {
        if (data.isRestored) this.#removed.delete(data.put.id);
        this.#show(data.put);
      } else if ('removed' in data) this.#hide(data.removed);
      else this.#hideAll();
    };
    return () => {
      tabs.close();
      this.#tabs = undefined;
    };
  };

  /** Adds a conversation or brings it up to date. */
  put(conversation: Conversation): void {
    const put = this.#show(conversation);
    if (put) this.#tell({ put });
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
    this.#show(withChange(conversation, change));
    try {
      this.put(await requestJson<Conversation>('PATCH', `/api/conversations/${conversation.id}`, change));
    } catch (error) {
      this.#show(conversation);
      throw error;
    }
  }

  /** Deletes; for half a minute `restore` brings it back. @throws RequestFailed; then it is back in the list. */
  async remove(conversation: Conversation): Promise<void> {
    this.#hide(conversation.id);
    try {
      await requestJson('DELETE', `/api/conversations/${conversation.id}`);
    } catch (error) {
      this.#removed.delete(conversation.id);
      this.#show(conversation);
      throw error;
    }
    this.#tell({ removed: conversation.id });
  }

  /** Takes a deletion back. @throws RequestFailed when it is too late. */
  async restore(conversation: Conversation): Promise<void> {
    const restored = await requestJson<Conversation>('POST', `/api/conversations/${conversation.id}/restore`);
    this.#removed.delete(conversation.id);
    const put = this.#show({ ...(conversation.answered && { answered: conversation.answered }), ...restored });
    if (put) this.#tell({ put, isRestored: true });
  }

  /** Deletes all there are, archived ones too; answers how many. @throws RequestFailed */
  async removeAll(): Promise<number> {
    const { deleted } = await requestJson<{ deleted: number }>('DELETE', '/api/conversations', { all: true });
    this.#hideAll();
    this.#tell({ removedAll: true });
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
    const fresh = more.conversations.filter(
      ({ id }) => !known.some((k) => k.id === id) && !this.#removed.has(id) && !this.#archived.has(id),
    );
    this.#page.set({ conversations: [...known, ...fresh], ...(more.next !== undefined && { next: more.next }) });
  }

  /** Reads the archive anew. @throws RequestFailed */
  async loadArchive(): Promise<void> {
    this.#takeArchive([], await requestJson<ConversationPage>('GET', archivePath));
  }

  /** @throws RequestFailed */
  async loadMoreArchive(): Promise<void> {
    const { next } = this.getArchive() ?? {};
    if (next === undefined) return;
    const more = await requestJson<ConversationPage>('GET', `${archivePath}&before=${encodeURIComponent(next)}`);
    this.#takeArchive(this.getArchive()?.conversations ?? [], more);
  }

  /** Adds a page to what is known of the archive; what has changed since it was read counts more. */
  #takeArchive(known: readonly Conversation[], { conversations, next }: ConversationPage): void {
    const open = this.getPage()?.conversations ?? [];
    const byId = new Map([...known, ...conversations, ...this.#archived.values()].map((c) => [c.id, c]));
    const shown = [...byId.values()].filter(({ id }) => !this.#removed.has(id) && !open.some((c) => c.id === id));
    this.#archive.set({ conversations: shown.sort(byPlace), ...(next !== undefined && { next }) });
  }

  /** Shows it where it belongs, on this page alone. @returns what the list knows of it; undefined for one that is deleted */
  #show(conversation: Conversation): Conversation | undefined {
    const { id, archivedAt } = conversation;
    if (this.#removed.has(id)) return undefined;
    const page = this.getPage();
    const archive = this.getArchive();
    const known = [...(page?.conversations ?? []), ...(archive?.conversations ?? [])].find((c) => c.id === id);
    const facts = factsOf(conversation, conversation.answered ?? known?.answered);
    if (archivedAt === undefined) this.#archived.delete(id);
    else this.#archived.set(id, facts);
    const place = (list: ConversationPage | undefined, isHere: boolean): ConversationPage => {
      const others = (list?.conversations ?? []).filter((c) => c.id !== id);
      return { ...list, conversations: isHere ? [facts, ...others].sort(byPlace) : others };
    };
    this.#page.set(place(page, archivedAt === undefined));
    if (archive) this.#archive.set(place(archive, archivedAt !== undefined));
    return facts;
  }

  #hide(id: string): void {
    this.#removed.add(id);
    this.#archived.delete(id);
    for (const list of [this.#page, this.#archive]) {
      const page = list.get();
      if (page) list.set({ ...page, conversations: page.conversations.filter((c) => c.id !== id) });
    }
  }

  #hideAll(): void {
    for (const list of [this.#page, this.#archive]) {
      for (const { id } of list.get()?.conversations ?? []) this.#removed.add(id);
      if (list.get()) list.set({ conversations: [] });
    }
    this.#archived.clear();
  }

  #tell(news: ListNews): void {
    this.#tabs?.postMessage(news);
  }
}

const archivePath = '/api/conversations?archived=true&limit=50';

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
  { id, title, createdAt, updatedAt, threadCount, pinnedAt, archivedAt }: Conversation,
  answered: Answered | undefined,
): Conversation {
  return {
    ...{ id, title, createdAt, updatedAt, threadCount },
    ...(pinnedAt !== undefined && { pinnedAt }),
    ...(archivedAt !== undefined && { archivedAt }),
    ...(answered && { answered }),
  };
}

/** Pinned first, the latest pin on top; then the newest question. */
function byPlace(a: Conversation, b: Conversation): number {
  if (a.pinnedAt !== undefined || b.pinnedAt !== undefined) return (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0);
  return b.updatedAt - a.updatedAt;
}
