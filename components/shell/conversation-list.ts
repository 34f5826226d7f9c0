import type { Conversation } from '../../lib/conversation.ts';
import { requestJson } from './request-json.ts';

/** A page of the list, newest first; `next` is the cursor of the page after it. */
export interface ConversationPage {
  conversations: readonly Conversation[];
  next?: string;
}

/** The sidebar's list on this page. Only a browser uses it: a server renders the page it was given. */
class ConversationList {
  #page: ConversationPage | undefined;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Undefined until the first change or `seed`. */
  readonly getPage = (): ConversationPage | undefined => this.#page;

  /** Takes the list the server rendered, once. */
  seed(page: ConversationPage): void {
    if (!this.#page) this.#show(page);
  }

  /** Adds a conversation or brings it up to date. */
  put({ id, title, createdAt, updatedAt, threadCount }: Conversation): void {
    const others = (this.#page?.conversations ?? []).filter((c) => c.id !== id);
    const facts = { id, title, createdAt, updatedAt, threadCount };
    const conversations = [facts, ...others].sort((a, b) => b.updatedAt - a.updatedAt);
    this.#show({ ...this.#page, conversations });
  }

  /** A question was asked in it. */
  touch(id: string, updatedAt: number): void {
    const known = this.#page?.conversations.find((c) => c.id === id);
    if (known) this.put({ ...known, updatedAt });
  }

  /** It has gained or lost a column. */
  setThreadCount(id: string, threadCount: number): void {
    const known = this.#page?.conversations.find((c) => c.id === id);
    if (known) this.put({ ...known, threadCount });
  }

  /** @throws RequestFailed; then the old title is back. */
  async rename(conversation: Conversation, title: string): Promise<void> {
    this.put({ ...conversation, title });
    try {
      const renamed = await requestJson<{ title: string }>('PATCH', `/api/conversations/${conversation.id}`, { title });
      this.put({ ...conversation, title: renamed.title });
    } catch (error) {
      this.put(conversation);
      throw error;
    }
  }

  /** @throws RequestFailed; then it is back in the list. */
  async remove(conversation: Conversation): Promise<void> {
    const page = this.#page ?? { conversations: [] };
    this.#show({ ...page, conversations: page.conversations.filter((c) => c.id !== conversation.id) });
    try {
      await requestJson('DELETE', `/api/conversations/${conversation.id}`);
    } catch (error) {
      this.put(conversation);
      throw error;
    }
  }

  /** @throws RequestFailed */
  async loadMore(): Promise<void> {
    const { next } = this.#page ?? {};
    if (next === undefined) return;
    const more = await requestJson<ConversationPage>(
      'GET',
      `/api/conversations?limit=50&before=${encodeURIComponent(next)}`,
    );
    const known = this.#page?.conversations ?? [];
    const fresh = more.conversations.filter((c) => !known.some((k) => k.id === c.id));
    this.#show({ conversations: [...known, ...fresh], ...(more.next !== undefined && { next: more.next }) });
  }

  #show(page: ConversationPage): void {
    this.#page = page;
    for (const listener of this.#listeners) listener();
  }
}

export const conversationList = new ConversationList();
