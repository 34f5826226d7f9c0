import { createParser } from 'eventsource-parser';
import type { ConversationDetail, Generation } from '../../lib/conversation.ts';
import { createId } from '../../lib/ids.ts';
import type { ThreadSettings } from '../../lib/conversation.ts';
import { applyStreamPart, emptyMessageState, type MessageState, type StreamPart } from '../../lib/stream-part.ts';

/** One event of a conversation's stream, as it came. */
export interface ApiEvent {
  event: string;
  id: string | undefined;
  data: Record<string, unknown>;
}

/** Speaks the HTTP API as docs/api.md has it: one person with one cookie. `call` is `fetch`, or a route called directly. */
export class ApiClient {
  cookie = '';
  readonly url: string;
  readonly #call: (request: Request) => Promise<Response>;

  constructor(url: string, call: (request: Request) => Promise<Response> = (request) => fetch(request)) {
    this.url = url;
    this.#call = call;
  }

  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const response = await this.#call(
      new Request(`${this.url}${path}`, {
        method,
        headers: {
          origin: this.url,
          ...(this.cookie && { cookie: this.cookie }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
    const cookie = response.headers.get('set-cookie');
    if (cookie) this.cookie = cookie.split(';')[0] ?? '';
    return response;
  }

  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.request(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T; // our own server's words; the tests look at them
  }

  /** A new conversation with one thread of this model, with its first question asked. */
  async askNew(model: ThreadSettings['model'], text: string, settings: Partial<ThreadSettings> = {}): Promise<Asked> {
    const ids = { conversationId: createId(), threadId: createId(), questionId: createId(), answerId: createId() };
    const threads = [{ id: ids.threadId, settings: { model, sampling: {}, ...settings } }];
    const ask = {
      text,
      threads: [{ threadId: ids.threadId, parentId: null, questionId: ids.questionId, answerId: ids.answerId }],
    };
    const created = await this.json<ConversationDetail>('POST', '/api/conversations', {
      id: ids.conversationId,
      threads,
      ask,
    });
    return { ...ids, cursor: created.cursor };
  }

  /** Reads the event stream, from a cursor on, until `end` or until `until` says so. */
  async *events(conversationId: string, after?: string): AsyncGenerator<ApiEvent> {
    const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
    const response = await this.request('GET', `/api/conversations/${conversationId}/events${query}`);
    if (!response.ok || !response.body) throw new Error(`events answered ${response.status}: ${await response.text()}`);
    const queue: ApiEvent[] = [];
    const parser = createParser({
      onEvent: (e) => queue.push({ event: e.event ?? 'message', id: e.id, data: JSON.parse(e.data) }),
    });
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      parser.feed(chunk);
      for (let next = queue.shift(); next; next = queue.shift()) {
        yield next;
        if (next.event === 'end') return;
      }
    }
  }

  /** Follows until nothing runs; answers each generation's message as a page would have it. */
  async follow(conversationId: string, after?: string): Promise<Map<string, MessageState>> {
    const messages = new Map<string, MessageState>();
    for await (const event of this.events(conversationId, after)) applyApiEvent(messages, event);
    return messages;
  }

  conversation(id: string): Promise<ConversationDetail> {
    return this.json('GET', `/api/conversations/${id}`);
  }

  generation(id: string): Promise<Generation & { request?: { url: string; body: string } }> {
    return this.json('GET', `/api/generations/${id}`);
  }
}

export interface Asked {
  conversationId: string;
  threadId: string;
  questionId: string;
  answerId: string;
  cursor: string | undefined;
}

/** What a page does with an event. */
export function applyApiEvent(messages: Map<string, MessageState>, event: ApiEvent): void {
  if (['heartbeat', 'storage', 'end'].includes(event.event)) return;
  const { generationId, ...rest } = event.data as { generationId: string };
  if (event.event === 'snapshot') {
    messages.set(generationId, (rest as { message: MessageState }).message);
    return;
  }
  const part = { type: event.event, ...rest } as StreamPart;
  messages.set(generationId, applyStreamPart(messages.get(generationId) ?? emptyMessageState, part));
}
