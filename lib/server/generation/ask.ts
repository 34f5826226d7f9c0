import type { AttachedContent } from '../../attachment.ts';
import { AppError } from '../../errors.ts';
import {
  canAnswerNow,
  continueRequest,
  cutInOf,
  endsThinkingInStream,
  isCompletionTemplate,
  isCut,
  textToGoOnFrom,
} from '../../continuation.ts';
import {
  type ConversationDetail,
  type Generation,
  type Message,
  type ThreadSettings,
  titleOfQuestion,
} from '../../conversation.ts';
import type { ModelInfo, ModelRef, Sampling } from '../../model.ts';
import type { SplitterOptions } from '@thinkglass/splitter';
import { type BeforeLoop, beforeLoop } from '../../reasoning/before-loop.ts';
import { assumedFamilyOf, splitterOptionsOf } from '../../reasoning/splitter-options.ts';
import type { Notice } from '../../notice.ts';
import type { RawPiece } from '../../raw-text.ts';
import { textOfKind } from '../../stream-part.ts';
import { estimateTokens } from '../../usage.ts';
import type { Registry } from '../providers/registry.ts';
import type { NewAsk } from '../store/asks.ts';
import type { NewConversation, NewConversationThread } from '../store/conversations.ts';
import type { NewGeneration } from '../store/generations.ts';
import type { Store } from '../store/store.ts';
import { StoreClock } from '../store/store-clock.ts';
import { type ContinuationPlan, planContinuation } from './continuation-plan.ts';
import type { RunInput, Runs } from './run.ts';
import type { RunLog } from './run-log.ts';
import {
  assertTakes,
  type Files,
  healthContextOf,
  noticesOf,
  readFiles,
  renderRequest,
  turnsUpTo,
} from './render-request.ts';
import { getModel, type Target, targetFinder } from './target.ts';
import type { ModelHabits } from './model-habits.ts';
import { readRawText } from './read-conversation.ts';

/** One thread's share of an ask; all ids are the caller's. */
export interface ThreadAsk {
  threadId: string;
  /** The answer the question follows; null for a thread's first. Not read when a question is asked again. */
  parentId: string | null;
  questionId: string;
  answerId: string;
}

/** A question asked once more, perhaps of another model than the thread's; that one stays the thread's. */
export interface ThreadRetry extends Omit<ThreadAsk, 'parentId'> {
  model?: ModelRef | undefined;
  /** For that model; what is advised for it when absent. */
  sampling?: Sampling | undefined;
}

/** What is asked, and where. */
export interface Question {
  text: string;
  threads: ThreadAsk[];
  /** Come with it in each thread. */
  attachments?: readonly AttachedContent[];
}

/** An answer that was cut and is to be gone on with. */
export interface ContinueAsk {
  threadId: string;
  /** The answer that was cut, or, with `answerNow`, one that still runs. */
  fromId: string;
  /** Id of a question that asks for the rest, if it has to be asked for in a new turn. */
  questionId: string;
  /** Id of the new answer. */
  answerId: string;
  /** The thinking is ended where it is, and the answer asked for. */
  answerNow?: boolean | undefined;
  /** It ended in a loop: it is gone on with from before that. */
  beforeLoop?: boolean | undefined;
}

/**
 * `same`: the new answer stands beside the one that was cut and begins with its text. `turn`: it was asked for in a new turn.
 * `stream`: there is no new one; the one that runs was told to answer, and does.
 */
export interface ContinueResult extends AskResult {
  way: 'same' | 'turn' | 'stream';
}

/** What an ask has that does not come from a person's words. */
interface AskDetails {
  /** Instead of the thread's own. */
  settings?: ThreadSettings;
  notices?: readonly Notice[];
  /** What is sent of the answer that the question follows, where that is not what it said. */
  lastAnswer?: string;
}

export interface AskResult {
  generations: { id: string; threadId: string }[];
  /** From here the event stream tells all of these generations. Undefined when this was a repeated call and they are over. */
  cursor?: string;
}

/** Where a person's models are found; those that are to be asked are looked for where they are missing. */
export interface ModelSource {
  forViewer(ownerId: string): Promise<Pick<Registry, 'findModel'>>;
  forAsking(ownerId: string, refs: readonly (ModelRef | undefined)[]): Promise<Pick<Registry, 'findModel'>>;
}

/** So long an answer is waited for that was stopped to be gone on with. */
const endsWithinMs = 10_000;

type StoredGeneration = NonNullable<Awaited<ReturnType<Store['generations']['find']>>>;

/** An answer that is to stand beside the one it goes on with. */
interface Beside {
  ask: ContinueAsk;
  from: Message;
  settings: ThreadSettings;
  target: Target;
  plan: ContinuationPlan;
  /** Characters at the end of that one which it does not begin with. */
  leftOut: number;
}

/** Asks models: stores the question, then starts one run per thread. */
export class Asker {
  readonly #store: Store;
  readonly #models: ModelSource;
  readonly #runs: Runs;
  readonly #runLog: RunLog;
  readonly #habits: ModelHabits;
  readonly #instanceId: string;
  readonly #clock: StoreClock;

  constructor(parts: {
    store: Store;
    models: ModelSource;
    runs: Runs;
    runLog: RunLog;
    habits: ModelHabits;
    instanceId: string;
    clock?: StoreClock;
  }) {
    this.#store = parts.store;
    this.#models = parts.models;
    this.#runs = parts.runs;
    this.#runLog = parts.runLog;
    this.#habits = parts.habits;
    this.#instanceId = parts.instanceId;
    this.#clock = parts.clock ?? new StoreClock();
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
      ask?: Question;
    },
  ): Promise<{ created: boolean; cursor?: string }> {
    const { id, threads, ask } = input;
    const at = this.#clock.now();
    const begins = threads.every(({ copy }) => copy === undefined);
    if (ask && begins && !(await this.#store.conversations.has(ownerId, id))) {
      const { detail, stored } = newConversation(id, threads, at);
      const { cursor } = await this.#start(ownerId, detail, ask.threads, ask.text, ask.attachments, stored);
      return { created: true, ...(cursor && { cursor }) };
    }
    const { created } = await this.#store.conversations.create(ownerId, { id, title: '', at, threads });
    if (!ask) return { created };
    try {
      const { cursor } = await this.ask(ownerId, id, ask);
      return { created, ...(cursor && { cursor }) };
    } catch (error) {
      if (created) await this.#store.conversations.delete(ownerId, id);
      throw error;
    }
  }

  /**
   * Asks `text` in the given threads. When this resolves the question is on the disk. A repeated call with the same ids
   * starts nothing. Of several threads, one whose model is not there fails alone.
   * @throws AppError `not_found` for a conversation, thread, parent, or all models that are not there; `conflict` for ids in use;
   * `unsupported_media_type` for pictures where a model takes none.
   */
  async ask(ownerId: string, conversationId: string, input: Question): Promise<AskResult> {
    const { threads, text, attachments } = input;
    const conversation = await getConversation(this.#store, ownerId, conversationId);
    return this.#start(ownerId, conversation, threads, text, attachments);
  }

  /** Asks the same questions once more, as siblings of their earlier answers. */
  async retry(ownerId: string, conversationId: string, input: { threads: ThreadRetry[] }): Promise<AskResult> {
    const conversation = await getConversation(this.#store, ownerId, conversationId);
    const threads = input.threads.map(({ model, sampling, ...t }) => {
      const settings = conversation.threads.find(({ id }) => id === t.threadId)?.settings;
      const other = model && settings && settingsFor(model, settings, sampling);
      return { ...t, parentId: null, ...(other && { details: { settings: other } }) };
    });
    return this.#start(ownerId, conversation, threads, undefined);
  }

  /**
   * Goes on with an answer that was cut, in its own turn where the model's server takes its beginning, else in a new one.
   * A repeated call with the same ids starts nothing.
   * @throws AppError `not_found` for the answer or its model; `conflict` where there is nothing to go on with.
   */
  async continue(ownerId: string, conversationId: string, ask: ContinueAsk): Promise<ContinueResult> {
    const { threadId, fromId, questionId, answerId, answerNow = false, beforeLoop: skipsLoop = false } = ask;
    if (answerNow && (await this.#endThinking(ownerId, conversationId, ask)) === 'in-stream') {
      return { generations: [], way: 'stream' };
    }
    const conversation = await getConversation(this.#store, ownerId, conversationId);
    const thread = conversation.threads.find(({ id }) => id === threadId);
    const from = conversation.messages.find((m) => m.id === fromId && m.threadId === threadId);
    const row = await this.#store.generations.find(ownerId, fromId);
    const raw = await this.#store.answers.findRawText(ownerId, fromId);
    if (!thread || !from?.generation || !row || !raw) throw new AppError('not_found', 'There is no such answer here.');
    if (from.generation.state === 'running') {
      throw new AppError('conflict', 'This answer is still being written. Wait for its end, or stop it first.');
    }
    const own = settingsOf(from.generation, thread.settings);
    const settings = skipsLoop ? settingsAgainstLoops(own) : own;
    const known = conversation.messages.find((m) => m.id === answerId);
    if (known) {
      const inTurn = known.parentId === questionId;
      const again = { threadId, answerId, questionId: known.parentId ?? '', parentId: inTurn ? fromId : null };
      const result = await this.#start(ownerId, conversation, [again], inTurn ? continueRequest : undefined);
      return { ...result, way: inTurn ? 'turn' : 'same' };
    }
    const cut = cutOf(from, raw.pieces, skipsLoop);
    const prompt = await firstPromptOf(this.#store, ownerId, row);
    const found = getModel(await this.#models.forAsking(ownerId, [settings.model]), settings.model);
    const target = prompt === undefined ? await askedForItsWay(found) : found;
    const plan = planContinuation({
      cut: {
        parts: cut.parts,
        raw: { ...raw, pieces: cut.pieces },
        finish: from.generation.finish,
        ...(prompt !== undefined && { prompt }),
      },
      model: target.model,
      answerNow,
      options: splitterOptionsOf(target.model, {
        startsInReasoning: this.#habits.startsInReasoning(target.model),
        ...(prompt !== undefined && renderedSplitter(target.model, settings)),
      }),
    });
    if (plan) {
      const result = await this.#startBeside(ownerId, conversation, {
        ask,
        from,
        settings,
        target,
        plan,
        leftOut: cut.leftOut,
      });
      return { ...result, way: 'same' };
    }
    if (answerNow) throw cannotAnswerNow(target.model);
    if (skipsLoop) throw cannotGoOn(target.model);
    const details: AskDetails = { settings, lastAnswer: textToGoOnFrom(from.parts), notices: [turnNotice(from)] };
    const asked = { threadId, questionId, answerId, parentId: fromId, details };
    return { ...(await this.#start(ownerId, conversation, [asked], continueRequest)), way: 'turn' };
  }

  /**
   * Has an answer that runs end its thinking: in mid-stream where its server can, else it is stopped, unless that would be
   * for nothing.
   * @throws AppError `conflict`
   */
  async #endThinking(
    ownerId: string,
    conversationId: string,
    { threadId, fromId }: ContinueAsk,
  ): Promise<'in-stream' | undefined> {
    const { threads, messages } = await getConversation(this.#store, ownerId, conversationId);
    const thread = threads.find(({ id }) => id === threadId);
    const generation = messages.find((m) => m.id === fromId && m.threadId === threadId)?.generation;
    if (!thread || !generation) return undefined;
    if (generation.state !== 'running') {
      const hasAnswered = generation.state === 'complete' && generation.notices.some(endsThinkingInStream);
      return hasAnswered ? 'in-stream' : undefined;
    }
    const written = await readRawText({ store: this.#store, runLog: this.#runLog }, ownerId, fromId);
    const settings = settingsOf(generation, thread.settings);
    const found = getModel(await this.#models.forViewer(ownerId), settings.model);
    const isCompletion = isCompletionTemplate(settings.promptTemplate ?? found.model.promptTemplate);
    const { model } = isCompletion ? found : await askedForItsWay(found);
    const exact = written?.pieces.every(({ field }) => field === 'content') ?? false;
    if (!canAnswerNow(model, { isCompletion, exact })) throw cannotAnswerNow(model);
    await this.#runLog.command('answer-now', [fromId], endsWithinMs);
    return (await this.#answersNow(ownerId, conversationId, fromId)) ? 'in-stream' : undefined;
  }

  /** Whether an answer that was told to come to its answer has done so in the same stream, or had already. */
  async #answersNow(ownerId: string, conversationId: string, id: string): Promise<boolean> {
    const row = await this.#store.generations.find(ownerId, id);
    if (row && row.state !== 'running') return row.state === 'complete' && row.notices.some(endsThinkingInStream);
    const { messages } = await this.#runLog.messagesOf(conversationId, [id]);
    const state = messages.get(id);
    return state !== undefined && (state.notices.some(endsThinkingInStream) || cutInOf(state.segments) === 'answer');
  }

  /** Starts an answer that begins with the text of another one, to the same question. */
  async #startBeside(
    ownerId: string,
    conversation: ConversationDetail,
    { ask, from, settings, target, plan, leftOut }: Beside,
  ): Promise<AskResult> {
    const { threadId, answerId, fromId } = ask;
    const { model } = target;
    const messages = new Map(conversation.messages.filter((m) => m.threadId === threadId).map((m) => [m.id, m]));
    const question = from.parentId === null ? undefined : messages.get(from.parentId);
    if (!question) throw new AppError('not_found', 'There is no such answer here.');
    const words = textOfKind(question.parts, 'answer');
    const files = await readFiles(this.#store, ownerId, conversation, [fromId]);
    const attachments = files.get(question.id) ?? [];
    assertTakes(model, settings, attachments);
    const turns = turnsUpTo(messages, question.parentId, files);
    const { request } = renderRequest(model, settings, turns, words, attachments);
    const { completion, ...chat } = request;
    const at = this.#clock.now();
    const newAsk: NewAsk = {
      threadId,
      questionId: question.id,
      answerId,
      question: 'existing',
      generation: {
        ...newGenerationOf(target, settings, { sampling: request.sampling, at, instanceId: this.#instanceId }),
        continues: fromId,
      },
    };
    return this.#runs.withPlaces(ownerId, 1, async (mostRunning) => {
      const { created } = await this.#store.asks.create(ownerId, conversation.id, { at, asks: [newAsk], mostRunning });
      const generations = [{ id: answerId, threadId }];
      if (!created) return { generations };
      const cursor = await this.#runs.start([
        {
          generationId: answerId,
          conversationId: conversation.id,
          ownerId,
          adapter: target.adapter,
          request:
            plan.prompt === undefined
              ? { ...chat, prefix: plan.prefix }
              : {
                  ...chat,
                  messages: [],
                  completion: { prompt: plan.prompt, stop: completion?.stop ?? [], goesOn: true },
                },
          splitter: plan.splitter,
          begun: beginningOf({ plan, model, from, request }),
          guard: settings.guard,
          health: healthContextOf(model, settings, words),
          eventsAreTokens: this.#habits.eventsAreTokens(model),
          onDone: (record) => this.#habits.learnEvents(model, record.eventsAreTokens),
          notices: noticesOfPlan(plan, model, leftOut),
        },
      ]);
      return { generations, ...(cursor !== undefined && { cursor }) };
    });
  }

  async #start(
    ownerId: string,
    conversation: ConversationDetail,
    threads: (ThreadAsk & { details?: AskDetails })[],
    text: string | undefined,
    attachments: readonly AttachedContent[] = [],
    isNew?: NewConversation,
  ): Promise<AskResult> {
    const { id: conversationId } = conversation;
    const generations = threads.map((t) => ({ id: t.answerId, threadId: t.threadId }));
    const at = this.#clock.now();
    // Checked only for a new call: a repeated one must answer alike even if the model has gone since.
    const isRepeat = threads.every((t) => conversation.messages.some((m) => m.id === t.answerId));
    const modelOf = ({ threadId, details }: (typeof threads)[number]) =>
      (details?.settings ?? conversation.threads.find((thread) => thread.id === threadId)?.settings)?.model;
    const asked = isRepeat ? [] : threads.map(modelOf);
    const targetOf = targetFinder(await this.#models.forAsking(ownerId, asked), asked);
    const leafIds = isRepeat ? [] : threads.flatMap((t) => [t.questionId, t.parentId]);
    const files = await readFiles(this.#store, ownerId, conversation, leafIds);
    const prepare = (t: (typeof threads)[number]) =>
      this.#prepare(ownerId, targetOf, conversation, t, { text, attachments, files }, at);
    const prepared = isRepeat ? [] : threads.map(prepare);
    const asks = isRepeat ? threads.map((t) => repeatedAsk(conversation, t, text)) : prepared.map((p) => p.ask);
    const begin = async (mostRunning?: number) => {
      const { created } = await this.#store.asks.create(ownerId, conversationId, {
        at,
        asks,
        mostRunning,
        ...(text !== undefined && { text, title: titleOfQuestion(text), attachments }),
        ...(isNew && { conversation: isNew }),
      });
      const [first, ...rest] = prepared.map((p) => p.run);
      const cursor =
        created && first
          ? await this.#runs.start([first, ...rest])
          : await this.#runLog.cursorBefore(
              conversationId,
              generations.map(({ id }) => id),
            );
      return { generations, ...(cursor !== undefined && { cursor }) };
    };
    return isRepeat ? begin() : this.#runs.withPlaces(ownerId, threads.length, begin);
  }

  #prepare(
    ownerId: string,
    targetOf: (ref: ModelRef) => Target,
    conversation: ConversationDetail,
    thread: ThreadAsk & { details?: AskDetails },
    asked: { text: string | undefined; attachments: readonly AttachedContent[]; files: Files },
    at: number,
  ): { ask: NewAsk; run: RunInput } {
    const { text, files } = asked;
    const { details } = thread;
    const own = conversation.threads.find((t) => t.id === thread.threadId)?.settings;
    if (!own) throw new AppError('not_found', 'There is no such thread in this conversation.');
    const settings = details?.settings ?? own;
    const target = targetOf(settings.model);
    const { model, adapter } = target;
    const messages = new Map(conversation.messages.filter((m) => m.threadId === thread.threadId).map((m) => [m.id, m]));
    const existing = text === undefined ? messages.get(thread.questionId) : undefined;
    if (text === undefined && existing?.role !== 'user') {
      throw new AppError('not_found', 'There is no such question in this thread.');
    }
    const parentId = existing ? existing.parentId : thread.parentId;
    const question = text ?? textOfKind(existing?.parts ?? [], 'answer');
    const attachments = existing ? (files.get(existing.id) ?? []) : asked.attachments;
    assertTakes(model, settings, attachments);
    const turns = turnsUpTo(messages, parentId, files);
    const last = turns.at(-1);
    if (last && details?.lastAnswer !== undefined) last.answer = details.lastAnswer;
    const { request, prompt } = renderRequest(model, settings, turns, question, attachments);
    const ask: NewAsk = {
      ...placeOf(thread, text),
      generation: newGenerationOf(target, settings, { sampling: request.sampling, at, instanceId: this.#instanceId }),
    };
    const run: RunInput = {
      generationId: thread.answerId,
      conversationId: conversation.id,
      ownerId,
      adapter,
      request,
      // What the model's chat template does says nothing about a raw completion, nor the other way round.
      splitter: splitterOptionsOf(
        model,
        prompt.splitter ?? { startsInReasoning: this.#habits.startsInReasoning(model) },
      ),
      family: assumedFamilyOf(model),
      guard: settings.guard,
      health: healthContextOf(model, settings, question),
      notices: [...noticesOf(prompt), ...(details?.notices ?? [])],
      eventsAreTokens: this.#habits.eventsAreTokens(model),
      onDone: (record) => {
        if (!prompt.splitter) this.#habits.learn(model, record.startedInReasoning);
        if (textOfKind(record.state.segments, 'reasoning').trim() !== '') this.#habits.noteThinking(model);
        this.#habits.learnEvents(model, record.eventsAreTokens);
      },
    };
    return { ask, run };
  }
}

/** A conversation that is not there yet, as it will be read and as it is to be stored. */
function newConversation(
  id: string,
  threads: readonly NewConversationThread[],
  at: number,
): { detail: ConversationDetail; stored: NewConversation } {
  const detail = {
    id,
    title: '',
    createdAt: at,
    updatedAt: at,
    threadCount: threads.length,
    threads: threads.map((thread, position) => ({
      id: thread.id,
      conversationId: id,
      position,
      settings: thread.settings,
    })),
    messages: [],
  };
  return { detail, stored: { id, title: '', at, threads } };
}

async function getConversation(store: Store, ownerId: string, id: string): Promise<ConversationDetail> {
  const conversation = await store.conversations.find(ownerId, id);
  if (!conversation) throw new AppError('not_found', 'There is no such conversation.');
  return conversation;
}

export function newGenerationOf(
  { model, provider }: Target,
  settings: ThreadSettings,
  { sampling, at, instanceId }: { sampling: Sampling; at: number; instanceId: string },
): NewGeneration {
  return {
    providerId: provider.id,
    modelKey: model.key,
    modelId: model.id,
    providerLabel: provider.label,
    modelLabel: model.label,
    recording: model.recording,
    promptTemplate: settings.promptTemplate ?? model.promptTemplate,
    sampling,
    queuedAt: at,
    instanceId,
  };
}

/** A model with the way in which its server says that it takes a beginning, where that can be asked. */
export async function askedForItsWay(target: Target): Promise<Target> {
  const { adapter, model } = target;
  if (!adapter.findContinuation) return target;
  const { continuation: _, ...rest } = model;
  const style = await adapter.findContinuation(model);
  return { ...target, model: style === undefined ? rest : { ...rest, continuation: style } };
}

function cannotAnswerNow({ label }: ModelInfo): AppError {
  return new AppError('conflict', `${label} cannot be made to answer in the middle of its thinking here.`);
}

function cannotGoOn({ label }: ModelInfo): AppError {
  return new AppError(
    'conflict',
    `${label} cannot be made to go on from the middle of an answer here. Ask again instead.`,
  );
}

/** A loop that came once would come again: with another die, and less inclined to say what it has said. */
function settingsAgainstLoops(settings: ThreadSettings): ThreadSettings {
  const { seed: _, ...sampling } = settings.sampling;
  return { ...settings, sampling: { ...sampling, repeatPenalty: Math.max(sampling.repeatPenalty ?? 1, 1.1) } };
}

/** How the completion of a prompt was split, by the thread's template. */
function renderedSplitter(model: ModelInfo, settings: ThreadSettings): SplitterOptions {
  const { prompt } = renderRequest(model, settings, [], '');
  return prompt.splitter ?? {};
}

/** The settings under which an answer is gone on with: the thread's, unless another model gave it. */
function settingsOf({ providerId, modelKey, sampling }: Generation, thread: ThreadSettings): ThreadSettings {
  const { model } = thread;
  if (model.providerId === providerId && model.modelKey === modelKey) return thread;
  return settingsFor({ providerId, modelKey }, thread, sampling);
}

/** A thread's settings for another model: what is about a model alone is not taken along. */
function settingsFor(model: ModelRef, thread: ThreadSettings, sampling: Sampling = {}): ThreadSettings {
  const { systemPrompt, guard } = thread;
  return { model, sampling, ...(systemPrompt !== undefined && { systemPrompt }), ...(guard && { guard }) };
}

/**
 * What of an answer is gone on with.
 * @throws AppError `conflict` where there is nothing to go on with.
 */
function cutOf({ parts, generation }: Message, pieces: RawPiece[], skipsLoop: boolean): BeforeLoop {
  const before = skipsLoop ? beforeLoop(parts, pieces) : undefined;
  if (before) return before;
  if (skipsLoop) throw new AppError('conflict', 'There is no loop at the end of this answer. Ask again instead.');
  if (isCut(parts, generation?.finish)) return { parts, pieces, leftOut: 0 };
  throw new AppError('conflict', 'There is nothing to go on with: this answer came to its end. Ask again instead.');
}

/**
 * The text that an answer was to complete; undefined for a chat. Of one that goes on with another it is the first one's:
 * its own held the beginning too.
 */
async function firstPromptOf(store: Store, ownerId: string, row: StoredGeneration): Promise<string | undefined> {
  let first: StoredGeneration | undefined = row;
  const seen = new Set<string>();
  while (first?.continues !== undefined && !seen.has(first.id)) {
    seen.add(first.id);
    first = await store.generations.find(ownerId, first.continues);
  }
  return promptOf(first?.request);
}

/** The text that was to be completed; undefined for a chat. */
function promptOf(request: { body: string } | undefined): string | undefined {
  try {
    const { prompt } = JSON.parse(request?.body ?? '{}') as { prompt?: unknown };
    return typeof prompt === 'string' ? prompt : undefined;
  } catch {
    return undefined;
  }
}

/** Whether what the model reads is written here, to the letter, or recorded: then nothing about it has to be shown. */
function isOurText({ prompt }: ContinuationPlan, { recording }: ModelInfo): boolean {
  return prompt !== undefined || recording;
}

/** A beginning with what is to be judged at its end. */
export function beginningOf(input: {
  plan: ContinuationPlan;
  model: ModelInfo;
  from: Message;
  request: RunInput['request'];
}): ContinuationPlan['begun'] {
  const { plan, model, from, request } = input;
  if (isOurText(plan, model)) return plan.begun;
  const { reasoning, answer } = plan.prefix;
  const { usage, continues } = from.generation ?? {};
  const counted = continues === undefined ? usage?.promptTokens : undefined;
  const estimated = request.messages.reduce(
    (sum, message) => sum + estimateTokens(message.content + (message.reasoning ?? '')),
    0,
  );
  const judged = {
    ...(plan.closes && { claim: answerNowNotice(model) }),
    prompt: { tokens: counted ?? estimated, counted: counted !== undefined },
    givenTokens: estimateTokens(reasoning + answer),
  };
  return { ...plan.begun, judged };
}

function noticesOfPlan(plan: ContinuationPlan, model: ModelInfo, leftOut: number): Notice[] {
  const closed = plan.closes && isOurText(plan, model) ? [answerNowNotice(model)] : [];
  return leftOut > 0 ? [...closed, { code: 'before-loop', facts: { characters: leftOut } }] : closed;
}

function turnNotice({ parts }: Message): Notice {
  return { code: 'continued', facts: { thinkingSent: cutInOf(parts) === 'thought' } };
}

function answerNowNotice({ recording }: ModelInfo): Notice {
  return { code: 'answer-now', facts: { recording } };
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
