import { answeredOf, type Message, type Thread } from '../../lib/conversation.ts';
import { conversationList } from '../client/conversation-list.ts';
import { tellThoughts } from '../client/thoughts.ts';
import { Observable } from '../ui/observable.ts';
import { type ConversationView, wordsOf } from './conversation-view.ts';
import { GenerationStore } from './generation-store.ts';
import { branchKey, pathOf } from '../../lib/thread-path.ts';
import { isOfUnsent } from './unsent-question.ts';

/** What all parts of a conversation's store work on: what is shown, what runs, and what the server has yet to say. */
export class ConversationState {
  readonly #view: Observable<ConversationView>;
  readonly subscribe: Observable<ConversationView>['subscribe'];
  readonly getView: () => ConversationView;
  readonly generations = new Map<string, GenerationStore>();
  /** Answers that were asked for once more and that the server has not acknowledged. */
  readonly retried = new Set<string>();
  /** Threads and messages that were taken away here, and what ran in them: what is still told of them is not heard. */
  readonly removed = new Set<string>();
  /** The question that is on its way; true when the server has taken it. */
  sending: Promise<boolean> | undefined;
  /** Counts what the server has acknowledged, so that a reading begun before it is known to be old. */
  acknowledged = 0;

  constructor(view: ConversationView) {
    this.#view = new Observable(view);
    this.subscribe = this.#view.subscribe;
    this.getView = this.#view.get;
    this.takeUpRunning();
  }

  get view(): ConversationView {
    return this.#view.get();
  }

  show(change: Partial<ConversationView>): void {
    this.#view.set({ ...this.view, ...change });
  }

  readonly dismissProblem = (): void => this.show({ problem: undefined });

  /** The live answer, for as long as this page has seen it run; also after its end. */
  readonly generation = (id: string): GenerationStore | undefined => this.generations.get(id);

  thread(threadId: string | undefined): Thread | undefined {
    return this.view.threads.find((thread) => thread.id === threadId);
  }

  /** The last message of a thread's shown path that the server has. */
  leafOf(threadId: string): string | undefined {
    const { messages, choice, unsent, saved } = this.view;
    if (!saved) return undefined;
    const isThere = (m: Message) => !this.retried.has(m.id) && !(unsent && isOfUnsent(unsent, m));
    return pathOf(messages, threadId, choice).findLast(({ message }) => isThere(message))?.message.id;
  }

  /** Draws messages at the end of their threads, and has them shown. */
  draw(added: readonly Message[]): void {
    const { messages, choice } = this.view;
    this.show({
      messages: [...messages, ...added],
      choice: { ...choice, ...Object.fromEntries(added.map((m) => [branchKey(m), m.id])) },
      problem: undefined,
    });
    this.takeUpRunning();
  }

  /** Takes messages off the screen, and stops listening to them. */
  undraw(ids: ReadonlySet<string>, change: Partial<ConversationView>): void {
    for (const id of ids) this.generations.delete(id);
    this.show({ ...change, messages: this.view.messages.filter((m) => !ids.has(m.id)) });
    this.countRunning();
  }

  /** Makes a store for each running answer that has none, and counts what runs. */
  takeUpRunning(): void {
    if (typeof window === 'undefined') return;
    const { messages } = this.view;
    for (const message of messages) {
      if (message.generation?.state !== 'running' || this.generations.has(message.id)) continue;
      const begun = messages.find(({ id }) => id === message.generation?.continues);
      this.generations.set(message.id, new GenerationStore(message, begun));
    }
    this.countRunning();
  }

  countRunning(): void {
    const running = [...this.generations]
      .filter(([, store]) => store.getView().state.phase !== 'done')
      .map(([id]) => id);
    if (running.join() === this.view.running.join()) return;
    this.show({ running });
    tellThoughts(running.length > 0);
    this.#tellList();
  }

  /** The list tells who answers here, and what the thinking took once it is known. */
  #tellList(): void {
    const answers = this.view.messages.flatMap(({ id, generation }) => {
      if (!generation) return [];
      const { phase, usage } = this.generations.get(id)?.getView().state ?? { phase: 'done', ...generation };
      const thinkingTokens = phase === 'done' ? usage?.reasoningTokens : undefined;
      return [{ model: generation.modelLabel, askedAt: generation.queuedAt, thinkingTokens }];
    });
    const answered = answeredOf(answers);
    if (answered) conversationList.takeAnswered(this.view.id, answered);
  }

  /** Does something of which only the failure is told, as the conversation's problem. */
  async attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      this.show({ problem: wordsOf(error) });
      return undefined;
    }
  }
}
