import { v5 } from 'uuid';
import { canAnswerNow, canContinue, isCompletionTemplate } from '../../continuation.ts';
import type { Generation, Message, ThreadSettings } from '../../conversation.ts';
import { AppError } from '../../errors.ts';
import { createId } from '../../ids.ts';
import { askedText, type LabQuestion } from '../../lab/question.ts';
import { type LabSetting, seedOfSample, type ThinkingStep } from '../../lab/run.ts';
import type { ModelInfo } from '../../model.ts';
import type { RawPiece } from '../../raw-text.ts';
import { assumedFamilyOf, closingTagOf, openingTagOf, splitterOptionsOf } from '../../reasoning/splitter-options.ts';
import { type Segment, textOfKind } from '../../stream-part.ts';
import { askedForItsWay, beginningOf, type ModelSource, newGenerationOf } from '../generation/ask.ts';
import { type ContinuationPlan, type CutAnswer, planContinuation } from '../generation/continuation-plan.ts';
import type { ModelHabits } from '../generation/model-habits.ts';
import { healthContextOf, noticesOf, renderRequest } from '../generation/render-request.ts';
import type { GenerationRecord } from '../generation/generate.ts';
import type { Likelihood } from '../generation/intake.ts';
import type { RunInput, Runs } from '../generation/run.ts';
import { getModel, type Target } from '../generation/target.ts';
import type { StoredRun } from '../store/lab-runs.ts';
import type { SamplePlace, WaitingSample } from '../store/lab-samples.ts';
import type { Store } from '../store/store.ts';
import type { SampleCalls } from './judge-sample.ts';

/** A sample that is to be asked now. */
export interface SampleAsk {
  run: StoredRun;
  setting: LabSetting;
  waiting: WaitingSample;
  question: LabQuestion;
  models: Awaited<ReturnType<ModelSource['forAsking']>>;
  /** Told of each call's generation before it begins. */
  onCall: (generationId: string) => void;
  /** Aborted: no further call of the chain. */
  signal: AbortSignal;
}

/** What takes the place of the end of a thought that is to go on (s1, arXiv:2501.19393). */
const extender = '\n\nWait,';

/** Asks single samples: one call of a model, or a chain of them where the thinking is forced. */
export class SampleAsker {
  readonly #store: Store;
  readonly #runs: Runs;
  readonly #habits: ModelHabits;
  readonly #instanceId: string;
  /** How servers take a beginning, as they said this process. */
  readonly #ways = new Map<string, Promise<Target>>();
  /** How sure the tokens of a call were, as long as its answer is held. */
  readonly #likelihoods = new WeakMap<Message, Likelihood>();

  constructor(parts: { store: Store; runs: Runs; habits: ModelHabits; instanceId: string }) {
    this.#store = parts.store;
    this.#runs = parts.runs;
    this.#habits = parts.habits;
    this.#instanceId = parts.instanceId;
  }

  /**
   * Asks a sample to its end; its first call is stored with it, before anything is sent.
   * @returns undefined when it was not planned (any more).
   * @throws AppError `not_found` for its model; `conflict` where a model cannot be forced; what the store and `Runs` throw.
   */
  async ask(ask: SampleAsk): Promise<SampleCalls | undefined> {
    const { step } = ask.setting;
    const target = await this.targetOf(ask.models, ask.setting);
    if (step.way === 'prefix') return this.#replay(ask, target, step.tokens);
    const first = await this.#first(ask, target);
    if (!first) return undefined;
    const messages = [first];
    // behind a cap there is one more call: what that one is cut by is the window, or its person's own limit
    const times = step.way === 'extend' ? step.times : step.way === 'cap' ? 1 : 0;
    for (let i = 0; i < times && !ask.signal.aborted; i++) {
      const from = messages.at(-1) ?? first;
      const plan = step.way === 'cap' ? await this.#capped(ask, target, from) : await this.#extended(ask, target, from);
      if (!plan) break;
      messages.push(await this.#goOn(ask, target, from, plan));
    }
    return this.#callsOf(messages);
  }

  /** A setting's model; where its thinking is forced, with the way its server says that it takes a beginning. */
  async targetOf(
    models: SampleAsk['models'],
    { settings, step }: Pick<LabSetting, 'settings' | 'step'>,
  ): Promise<Target> {
    const target = getModel(models, settings.model);
    if (!isForced(step) || isCompletionTemplate(settings.promptTemplate ?? target.model.promptTemplate)) return target;
    const key = JSON.stringify([settings.model, target.model.continuation]);
    const known = this.#ways.get(key) ?? askedForItsWay(target);
    this.#ways.set(key, known);
    known.catch(() => this.#ways.delete(key));
    return { ...target, model: (await known).model };
  }

  async #first(ask: SampleAsk, target: Target): Promise<Message | undefined> {
    const { step, settings } = ask.setting;
    const sampling = {
      ...settings.sampling,
      seed: settings.sampling.seed ?? seedOfSample(ask.run.plan.seed, ask.waiting),
      ...(step.way === 'effort' && { effort: step.effort }),
      ...(step.way === 'budget' && { thinkingBudget: step.tokens }),
      ...(step.way === 'cap' && { maxTokens: step.tokens }),
    };
    return this.#begin(ask, target, { ...settings, sampling }, undefined);
  }

  /** Closes a thought that came to its cap, or goes on with an answer that did. */
  async #capped(ask: SampleAsk, target: Target, from: Message): Promise<ContinuationPlan | undefined> {
    if (from.generation?.finish?.reason !== 'length') return undefined;
    const cut = await this.#cutOf(ask, from);
    return this.#plan(ask, target, cut, true);
  }

  /** Takes away the end of a thought that came to one. */
  async #extended(ask: SampleAsk, target: Target, from: Message): Promise<ContinuationPlan | undefined> {
    if (from.generation?.finish?.outcome !== 'complete' || from.generation.finish.reason !== 'stop') return undefined;
    const thought = textOfKind(from.parts, 'reasoning');
    if (thought.trim() === '') return undefined;
    const cut = cutThought(await this.#cutOf(ask, from), target.model, thought.trimEnd(), extender);
    return this.#plan(ask, target, cut, false);
  }

  /** The beginning of another sample's thought, closed, and the answer to it. */
  async #replay(ask: SampleAsk, target: Target, tokens: number): Promise<SampleCalls | undefined> {
    const { run, setting, waiting } = ask;
    const whole = run.settings.find(({ model, step }) => model === setting.model && step.way === 'as-is');
    const { question, sample } = waiting;
    const source = whole && (await this.#store.labSamples.find(run.id, { question, sample, setting: whole.index }));
    const read =
      source?.generationId === undefined
        ? undefined
        : await this.#store.labSamples.readMessage(run.ownerId, source.generationId);
    const thought = read && textOfKind(read.message.parts, 'reasoning');
    if (!read || !thought?.trim()) throw new AppError('conflict', 'There is no thought to replay the beginning of.');
    const all = read.message.generation?.usage?.reasoningTokens ?? 0;
    const length = all > tokens ? Math.round((thought.length * tokens) / all) : thought.length;
    const said = await this.#cutOf(ask, read.message);
    const cut = cutThought(said, target.model, thought.slice(0, length).toWellFormed(), '');
    const plan = this.#plan(ask, target, cut, true);
    const message = await this.#begin(ask, target, ask.setting.settings, { plan, from: read.message });
    return message && { ...this.#callsOf([message]), replayedTokens: Math.min(all, tokens) };
  }

  async #cutOf({ run }: SampleAsk, from: Message): Promise<CutAnswer> {
    const raw = await this.#store.answers.findRawText(run.ownerId, from.id);
    if (!raw) throw new AppError('not_found', 'There is no such answer here.');
    return { parts: from.parts, raw, finish: from.generation?.finish };
  }

  #plan(ask: SampleAsk, { model }: Target, cut: CutAnswer, answerNow: boolean): ContinuationPlan {
    const { settings } = ask.setting;
    const { request, prompt } = renderRequest(model, settings, [], askedText(ask.question, ask.run.plan.suffix));
    const plan = planContinuation({
      cut: { ...cut, ...(request.completion && { prompt: request.completion.prompt }) },
      model,
      answerNow,
      options: splitterOptionsOf(
        model,
        prompt.splitter ?? { startsInReasoning: this.#habits.startsInReasoning(model) },
      ),
    });
    if (!plan) throw cannotForce(model);
    return plan;
  }

  /** Asks the first call of a sample. */
  async #begin(
    ask: SampleAsk,
    target: Target,
    settings: ThreadSettings,
    begun: { plan: ContinuationPlan; from: Message } | undefined,
  ): Promise<Message | undefined> {
    const { run, waiting, question } = ask;
    const text = askedText(question, run.plan.suffix);
    const place = placeOf(run.id, waiting);
    const input = this.#inputOf(ask, target, settings, { text, place, begun });
    const at = Date.now();
    return this.#runs.withPlaces(run.ownerId, 1, async () => {
      ask.onCall(place.answerId);
      const isBegun = await this.#store.labSamples.begin(run.ownerId, run.id, {
        number: waiting.number,
        place,
        title: run.title,
        settings: ask.setting.settings,
        text,
        generation: {
          ...newGenerationOf(target, settings, {
            sampling: input.request.sampling,
            at,
            instanceId: this.#instanceId,
          }),
          isSample: true,
        },
        at,
      });
      return isBegun ? this.#run(input) : undefined;
    });
  }

  /** Asks a further call of a sample's chain. */
  async #goOn(ask: SampleAsk, target: Target, from: Message, plan: ContinuationPlan): Promise<Message> {
    const { run, setting, waiting, question } = ask;
    const place = placeOf(run.id, waiting);
    const input = this.#inputOf(ask, target, setting.settings, {
      text: askedText(question, run.plan.suffix),
      place,
      begun: { plan, from },
    });
    const at = Date.now();
    return this.#runs.withPlaces(run.ownerId, 1, async () => {
      ask.onCall(place.answerId);
      await this.#store.asks.create(run.ownerId, place.conversationId, {
        at,
        asks: [
          {
            threadId: place.threadId,
            questionId: place.questionId,
            answerId: place.answerId,
            question: 'existing',
            generation: {
              ...newGenerationOf(target, setting.settings, {
                sampling: input.request.sampling,
                at,
                instanceId: this.#instanceId,
              }),
              isSample: true,
              continues: from.id,
            },
          },
        ],
      });
      return this.#run(input);
    });
  }

  #inputOf(
    ask: SampleAsk,
    { model, adapter }: Target,
    settings: ThreadSettings,
    asked: { text: string; place: SamplePlace; begun: { plan: ContinuationPlan; from: Message } | undefined },
  ): RunInput {
    const { text, place, begun } = asked;
    const { request: rendered, prompt } = renderRequest(model, settings, [], text);
    // who tells how likely a token was, without more work, is asked for it: votes can be weighed by it
    const request = { ...rendered, unpaced: true, logprobs: 0 } as const;
    const { completion, ...chat } = request;
    const plan = begun?.plan;
    return {
      generationId: place.answerId,
      conversationId: place.conversationId,
      ownerId: ask.run.ownerId,
      adapter,
      request: !plan
        ? request
        : plan.prompt === undefined
          ? { ...chat, prefix: plan.prefix }
          : { ...chat, messages: [], completion: { prompt: plan.prompt, stop: completion?.stop ?? [], goesOn: true } },
      splitter:
        plan?.splitter ??
        splitterOptionsOf(model, prompt.splitter ?? { startsInReasoning: this.#habits.startsInReasoning(model) }),
      ...(begun && { begun: beginningOf({ plan: begun.plan, model, from: begun.from, request }) }),
      family: assumedFamilyOf(model),
      health: healthContextOf(model, settings, text),
      notices: noticesOf(prompt),
      eventsAreTokens: this.#habits.eventsAreTokens(model),
      onDone: (record) => {
        if (!prompt.splitter && !begun) this.#habits.learn(model, record.startedInReasoning);
        this.#habits.learnEvents(model, record.eventsAreTokens);
      },
    };
  }

  #callsOf(messages: readonly Message[]): SampleCalls {
    const message = messages.at(-1);
    if (!message) throw new Error('a sample has at least one call');
    const likelihoods = messages.flatMap((one) => this.#likelihoods.get(one) ?? []);
    return {
      message,
      calls: messages.flatMap(({ generation }): Generation[] => (generation ? [generation] : [])),
      ...(likelihoods.length === messages.length && { likelihoods }),
    };
  }

  /** Runs a generation to its end, and reads it back as it is stored. */
  async #run(input: RunInput): Promise<Message> {
    const told: { likelihood?: Likelihood } = {};
    const onDone = (record: GenerationRecord) => {
      input.onDone?.(record);
      if (record.likelihood) told.likelihood = record.likelihood;
    };
    await this.#runs.start([{ ...input, onDone }]);
    await this.#runs.whenDone(input.generationId);
    const read = await this.#store.labSamples.readMessage(input.ownerId, input.generationId);
    if (!read) throw new AppError('not_found', 'The answer was deleted.');
    if (told.likelihood) this.#likelihoods.set(read.message, told.likelihood);
    return read.message;
  }
}

/** Whether the thinking is varied by handing a beginning back. */
export function isForced({ way }: ThinkingStep): boolean {
  return way === 'cap' || way === 'extend' || way === 'prefix';
}

/** Why a model's thinking cannot be varied in this way; undefined when it can, as far as anybody knows. */
export function findUnforceable(model: ModelInfo, settings: ThreadSettings, step: ThinkingStep): AppError | undefined {
  if (!isForced(step)) return undefined;
  const where = { isCompletion: isCompletionTemplate(settings.promptTemplate ?? model.promptTemplate), exact: true };
  const can = step.way === 'extend' ? canContinue(model, { ...where, cutIn: 'thought' }) : canAnswerNow(model, where);
  return can ? undefined : cannotForce(model);
}

function cannotForce({ label }: ModelInfo): AppError {
  return new AppError(
    'conflict',
    `${label} cannot be made to go on with a thought here, so its thinking cannot be forced. Vary it by effort, by a budget of its server, or by samples with a vote.`,
  );
}

/** An answer cut in its thinking: `thought` is the beginning of it, and `more` follows. */
function cutThought(cut: CutAnswer, model: ModelInfo, thought: string, more: string): CutAnswer {
  const text = thought + more;
  const inField = cut.raw.pieces.some(({ field, text: piece }) => field === 'reasoning' && piece.trim() !== '');
  const parts: Segment[] = [{ kind: 'reasoning', text }];
  const pieces: RawPiece[] = inField
    ? [{ field: 'reasoning', text }]
    : [{ field: 'content', text: openedText(cut, model, thought) + more }];
  return {
    ...cut,
    parts,
    raw: { pieces, exact: cut.raw.exact },
    finish: { outcome: 'stopped', reason: 'unknown', complete: false },
  };
}

/** The model's own text as far as a beginning of its thought goes, with whatever opens it. */
function openedText({ raw }: CutAnswer, model: ModelInfo, thought: string): string {
  const all = raw.pieces.map(({ text }) => text).join('');
  const at = all.indexOf(thought);
  const closer = all.indexOf(closingTagOf(model));
  if (at >= 0 && (closer < 0 || at + thought.length <= closer)) return all.slice(0, at + thought.length);
  return `${openingTagOf(model)}\n${thought}`;
}

/** Where a sample is kept: its question and that of its siblings in one conversation, the answer under a new id. */
function placeOf(runId: string, { setting, question }: Pick<WaitingSample, 'setting' | 'question'>): SamplePlace {
  const name = (what: string) => v5(`${what} ${setting} ${question}`, runId);
  return {
    conversationId: name('conversation'),
    threadId: name('thread'),
    questionId: name('question'),
    answerId: createId(),
  };
}
