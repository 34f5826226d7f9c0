import { AppError } from '../../errors.ts';
import { type ConversationDetail, type Message, type ThreadSettings, titleOfQuestion } from '../../conversation.ts';
import type { ModelInfo, ModelRef, ProviderAdapter } from '../../model.ts';
import type { PastTurn } from '../../prompts/templates.ts';
import { type RenderedPrompt, renderPrompt } from '../../prompts/history.ts';
import { takenSampling } from '../../parameters.ts';
import { onRoute } from '../../route.ts';
import { completionMaxTokens } from '../../prompts/raw-prompt.ts';
import { type Notice, textOfKind } from '../../stream-part.ts';
import type { Registry } from '../providers/registry.ts';
import type { NewAsk } from '../store/asks.ts';
import type { NewConversationThread } from '../store/conversations.ts';
import type { Store } from '../store/store.ts';
import type { HealthContext } from './health.ts';
import type { RunInput, Runs } from './run.ts';
import type { ModelHabits } from './model-habits.ts';

/** One thread's share of an ask; all ids are the caller's. */
export interface ThreadAsk {
  threadId: string;
  /** The answer the question follows; null for a thread's first. Not read when a question is asked again. */
  parentId: string | null;
  questionId: string;
  answerId: string;
}

export interface AskResult {
  generations: { id: string; threadId: string }[];
  /** From here the event stream tells all of these generations. Undefined when this was a repeated call and they are over. */
  cursor?: string;
}

/** Where a person's models are found. */
export interface ModelSource {
  forViewer(ownerId: string): Promise<Pick<Registry, 'findModel'>>;
}

/** Asks models: stores the question, then starts one run per thread. */
export class Asker {
  readonly #store: Store;
  readonly #models: ModelSource;
  readonly #runs: Runs;
  readonly #habits: ModelHabits;
  readonly #instanceId: string;

  constructor(parts: { store: Store; models: ModelSource; runs: Runs; habits: ModelHabits; instanceId: string }) {
    this.#store = parts.store;
    this.#models = parts.models;
    this.#runs = parts.runs;
    this.#habits = parts.habits;
    this.#instanceId = parts.instanceId;
  }

  /**
   * Creates a conversation, and asks its first question if there is one. When the question cannot be asked, a
   * conversation that was made for it does not stay behind.
   */
  async create(
    ownerId: string,
    input: {
      id: string;
      threads: readonly NewConversationThread[];
      ask?: { text: string; threads: ThreadAsk[] };
    },
  ): Promise<{ created: boolean; cursor?: string }> {
    const { id, threads, ask } = input;
    const { created } = await this.#store.createConversation(ownerId, { id, title: '', at: Date.now(), threads });
    if (!ask) return { created };
    try {
      const { cursor } = await this.ask(ownerId, id, ask);
      return { created, ...(cursor && { cursor }) };
    } catch (error) {
      if (created) await this.#store.deleteConversation(ownerId, id);
      throw error;
    }
  }

  /**
   * Asks `text` in the given threads. When this resolves the question is on the disk. A repeated call with the same ids
   * starts nothing. Of several threads, one whose model is not there fails alone.
   * @throws AppError `not_found` for a conversation, thread, parent, or all models that are not there; `conflict` for ids in use.
   */
  ask(ownerId: string, conversationId: string, input: { text: string; threads: ThreadAsk[] }): Promise<AskResult> {
    return this.#start(ownerId, conversationId, input.threads, input.text);
  }

  /** Asks the same questions once more, as siblings of their earlier answers. */
  retry(
    ownerId: string,
    conversationId: string,
    input: { threads: Omit<ThreadAsk, 'parentId'>[] },
  ): Promise<AskResult> {
    const threads = input.threads.map((t) => ({ ...t, parentId: null }));
    return this.#start(ownerId, conversationId, threads, undefined);
  }

  async #start(
    ownerId: string,
    conversationId: string,
    threads: ThreadAsk[],
    text: string | undefined,
  ): Promise<AskResult> {
    const conversation = await this.#store.findConversation(ownerId, conversationId);
    if (!conversation) throw new AppError('not_found', 'There is no such conversation.');
    const generations = threads.map((t) => ({ id: t.answerId, threadId: t.threadId }));
    const at = Date.now();
    // Checked only for a new call: a repeated one must answer alike even if the model has gone since.
    const isRepeat = threads.every((t) => conversation.messages.some((m) => m.id === t.answerId));
    const models = await this.#models.forViewer(ownerId);
    const settingsOf = (t: ThreadAsk) => conversation.threads.find((thread) => thread.id === t.threadId)?.settings;
    const isAny = threads.some((t) => models.findModel(settingsOf(t)?.model ?? nobody));
    const targetOf = (ref: ModelRef) => (isAny ? findTarget(models, ref) : getModel(models, ref));
    const prepared = isRepeat ? [] : threads.map((t) => this.#prepare(ownerId, targetOf, conversation, t, text, at));
    if (!isRepeat) this.#runs.admit(ownerId, threads.length);
    const asks = isRepeat ? threads.map((t) => repeatedAsk(conversation, t, text)) : prepared.map((p) => p.ask);
    const { created } = await this.#store.createAsk(ownerId, conversationId, {
      at,
      asks,
      ...(text !== undefined && { text, title: titleOfQuestion(text) }),
    });
    const [first, ...rest] = prepared.map((p) => p.run);
    if (!created || !first) {
      const cursor = this.#runs.logs.find(conversationId)?.cursorBefore(generations.map((g) => g.id));
      return { generations, ...(cursor && { cursor }) };
    }
    return { generations, cursor: this.#runs.start([first, ...rest]) };
  }

  #prepare(
    ownerId: string,
    targetOf: (ref: ModelRef) => Target,
    conversation: ConversationDetail,
    thread: ThreadAsk,
    text: string | undefined,
    at: number,
  ): { ask: NewAsk; run: RunInput } {
    const settings = conversation.threads.find((t) => t.id === thread.threadId)?.settings;
    if (!settings) throw new AppError('not_found', 'There is no such thread in this conversation.');
    const { model, adapter, provider } = targetOf(settings.model);
    const messages = new Map(conversation.messages.filter((m) => m.threadId === thread.threadId).map((m) => [m.id, m]));
    const existing = text === undefined ? messages.get(thread.questionId) : undefined;
    if (text === undefined && existing?.role !== 'user') {
      throw new AppError('not_found', 'There is no such question in this thread.');
    }
    const parentId = existing ? existing.parentId : thread.parentId;
    const question = text ?? textOfKind(existing?.parts ?? [], 'answer');
    const turns = turnsUpTo(messages, parentId);
    const { request, prompt } = renderRequest(model, settings, turns, question);
    const { sampling } = request;
    const ask: NewAsk = {
      ...placeOf(thread, text),
      generation: {
        providerId: provider.id,
        modelKey: model.key,
        modelId: model.id,
        providerLabel: provider.label,
        modelLabel: model.label,
        recording: model.recording,
        sampling,
        queuedAt: at,
        instanceId: this.#instanceId,
      },
    };
    const run: RunInput = {
      generationId: thread.answerId,
      conversationId: conversation.id,
      ownerId,
      adapter,
      request,
      // What the model's chat template does says nothing about a raw completion, nor the other way round.
      splitter: {
        ...(prompt.splitter ?? { startsInReasoning: this.#habits.startsInReasoning(model) }),
        ...(model.reasoning.thinkTags && { thinkTags: [model.reasoning.thinkTags, ['<think>', '</think>']] }),
      },
      health: healthContextOf(model, settings, question),
      notices: noticesOf(prompt),
      onDone: (record) => {
        if (!prompt.splitter) this.#habits.learn(model, record.startedInReasoning);
      },
    };
    return { ask, run };
  }

  /**
   * What asking a first question with these settings would send, without sending it.
   * @throws AppError `not_found` for a model that is not there.
   */
  async preview(ownerId: string, settings: ThreadSettings, question: string): Promise<PromptPreview> {
    const { model, adapter } = getModel(await this.#models.forViewer(ownerId), settings.model);
    const { request, prompt } = renderRequest(model, settings, [], question);
    const sent = adapter.preview?.(request);
    return { unknownVariables: prompt.unknownVariables, ...(sent && { request: sent }) };
  }
}

/** A model, and through whom it is asked. */
type Target = NonNullable<ReturnType<Registry['findModel']>>;

const nobody: ModelRef = { providerId: '', modelKey: '' };

function getModel(models: Pick<Registry, 'findModel'>, ref: ModelRef): Target {
  const found = models.findModel(ref);
  if (found) return found;
  throw new AppError('not_found', missingWords(ref));
}

/** The model, or one that only says that it is missing: one column's trouble is not the others'. */
function findTarget(models: Pick<Registry, 'findModel'>, ref: ModelRef): Target {
  return models.findModel(ref) ?? missingTarget(ref);
}

function missingTarget(ref: ModelRef): Target {
  const { providerId, modelKey } = ref;
  const adapter: ProviderAdapter = {
    async *ask() {
      yield { type: 'error', error: { kind: 'model', message: missingWords(ref) } };
    },
  };
  const model: ModelInfo = {
    key: modelKey,
    id: modelKey,
    providerId,
    label: modelKey,
    reasoning: { transport: 'none', startsInReasoning: 'auto' },
    history: 'strip',
    promptTemplate: 'chat',
    advice: { systemPrompt: 'ok' },
    limits: {},
    requestExtras: {},
    recording: false,
  };
  const reason = missingWords(ref);
  return {
    model,
    adapter,
    provider: { id: providerId, label: providerId, kind: 'custom', status: { state: 'gone', reason } },
  };
}

function missingWords({ providerId, modelKey }: ModelRef): string {
  return `The model "${modelKey}" of "${providerId}" is not available now. Choose another one, or look for models again.`;
}

/** What would be sent, as far as the provider would be asked at all. */
export interface PromptPreview {
  request?: { url: string; body: string };
  unknownVariables: string[];
}

/** What a model is asked for this question, under these settings and its makers' advice. */
function renderRequest(
  model: ModelInfo,
  settings: ThreadSettings,
  turns: readonly PastTurn[],
  question: string,
): { request: RunInput['request']; prompt: RenderedPrompt } {
  const prompt = renderPrompt({
    model,
    template: settings.promptTemplate,
    systemPrompt: settings.systemPrompt,
    history: settings.history,
    turns,
    question,
    rawPrompt: settings.rawPrompt,
    opensThinking: settings.opensThinking,
    stop: settings.sampling.stop,
  });
  const { messages, completion } = prompt;
  const asked = {
    ...(model.advice.temperature !== undefined && { temperature: model.advice.temperature }),
    ...(model.advice.topP !== undefined && { topP: model.advice.topP }),
    ...(model.advice.maxTokens !== undefined && { maxTokens: model.advice.maxTokens }),
    ...settings.sampling,
  };
  const sampling = {
    ...takenSampling(model, asked),
    ...(completion && { maxTokens: completionMaxTokens(model, settings.sampling), stop: completion.stop }),
  };
  return {
    request: { model: onRoute(model, sampling.route), messages, sampling, ...(completion && { completion }) },
    prompt,
  };
}

/** A hand-written prompt may ask for anything, and where a server keeps the thinking to itself there may have been none. */
function healthContextOf(model: ModelInfo, settings: ThreadSettings, question: string): HealthContext {
  const template = settings.promptTemplate ?? model.promptTemplate;
  const thinks = template === 'chat' ? model.reasoning.transport === 'inline' : template !== 'raw';
  return { question, template, thinks };
}

function noticesOf(prompt: RenderedPrompt): Notice[] {
  const notices: Notice[] = [];
  if (prompt.systemPromptMoved) {
    const message = 'The system prompt was put before the first question: this model is meant to be used without one.';
    notices.push({ code: 'system-prompt-moved', message });
  }
  if (prompt.unknownVariables.length > 0) {
    const names = prompt.unknownVariables.slice(0, 5).map((name) => `{{${name}}}`);
    const message = `Not a variable, and sent as it stands: ${names.join(', ')}.`;
    notices.push({ code: 'unknown-variable', message });
  }
  return notices;
}

/** The exchanges on the way from the root to `leafId`, oldest first. */
function turnsUpTo(messages: ReadonlyMap<string, Message>, leafId: string | null): PastTurn[] {
  const turns: PastTurn[] = [];
  for (let id = leafId; id !== null; ) {
    const answer = messages.get(id);
    const question = answer?.parentId ? messages.get(answer.parentId) : undefined;
    if (answer?.role !== 'assistant' || !question) {
      throw new AppError('not_found', 'The answer that this question follows is not in this thread.');
    }
    turns.unshift({
      question: textOfKind(question.parts, 'answer'),
      answer: textOfKind(answer.parts, 'answer'),
      reasoning: textOfKind(answer.parts, 'reasoning'),
    });
    id = question.parentId;
  }
  return turns;
}

/** What the store has already, said once more so that it can tell a repetition from a clash. */
function repeatedAsk(conversation: ConversationDetail, thread: ThreadAsk, text: string | undefined): NewAsk {
  const generation = conversation.messages.find((m) => m.id === thread.answerId)?.generation;
  if (!generation) throw new AppError('conflict', 'These ids are in use for something else.');
  return { ...placeOf(thread, text), generation: { ...generation, instanceId: '' } };
}

/** Without a text an existing question is asked again. */
function placeOf({ threadId, questionId, answerId, parentId }: ThreadAsk, text: string | undefined) {
  return text === undefined
    ? { threadId, questionId, answerId, question: 'existing' as const }
    : { threadId, questionId, answerId, parentId };
}
