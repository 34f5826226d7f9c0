import { AppError } from '../errors.ts';
import type { ModelInfo } from '../model.ts';
import {
  haveSameLength,
  isFiledByItsStart,
  type RefileInput,
  type RefileResult,
  type RefileWish,
  refileParts,
} from '../reasoning/refile.ts';
import type { Finish as SplitterFinish } from '@thinkglass/splitter';
import { splitterOptionsOf } from '../reasoning/splitter-options.ts';
import { type Finish, type Segment, textOfKind } from '../stream-part.ts';
import { accountUsage, type CountedTokens, type Usage } from '../usage.ts';
import { sharedMeter } from './generation/health.ts';
import type { FiledAnswer, Refiling } from './store/answers.ts';
import type { Store } from './store/store.ts';
import type { TokenCounter } from './tokenizer/token-counter.ts';
import type { ViewerModels } from './viewer-models.ts';

/**
 * Files a part of a finished answer as the other kind, or takes the last such filing back. The same call again changes
 * nothing and answers alike.
 * @throws AppError `not_found` for the answer or the part, `conflict` while it runs.
 */
export async function refile(
  rooms: { store: Store; models: ViewerModels; counter: TokenCounter },
  ownerId: string,
  id: string,
  wish: RefileWish | 'undo',
): Promise<RefileResult> {
  const models = await rooms.models.forViewer(ownerId);
  const modelOf = (filed: FiledAnswer) => models.findModel(filed)?.model;
  const decide = (now: FiledAnswer) => (wish === 'undo' ? taken(now) : filedBy(now, wish, modelOf(now)));
  const seen = await rooms.store.answers.refile(ownerId, id, () => undefined);
  const counts = await countTexts(
    rooms.counter,
    seen && modelOf(seen)?.vocabulary,
    (seen && decide(seen)?.parts) ?? [],
  );
  let changed = false;
  const filed = await rooms.store.answers.refile(ownerId, id, (now) => {
    const refiling = decide(now);
    changed = refiling !== undefined;
    return refiling && { ...refiling, ...recounted(now.usage, refiling.parts, counts) };
  });
  if (!filed) throw new AppError('not_found', 'There is no such generation.');
  if (changed) await measureAgain(rooms.store, ownerId, id, filed);
  const remember = wish === 'undo' ? undefined : worthRemembering(filed, wish, modelOf(filed));
  return {
    parts: filed.parts,
    ...(filed.usage && { usage: filed.usage }),
    splitAgain: filed.before !== undefined && !haveSameLength(filed.before, filed.parts),
    canUndo: filed.before !== undefined,
    ...(remember && { remember }),
  };
}

/** What was known of the thought is not about it any more. */
async function measureAgain(store: Store, ownerId: string, id: string, filed: FiledAnswer): Promise<void> {
  const thinking = textOfKind(filed.parts, 'reasoning');
  if (thinking === '') return;
  const health = await sharedMeter.measure({ question: filed.question, thinking });
  if (health) await store.answers.saveThoughtHealth(ownerId, id, { thinking, health });
}

function filedBy(now: FiledAnswer, wish: RefileWish, model: ModelInfo | undefined): Refiling | undefined {
  const part = now.parts[wish.index];
  if (!part) throw new AppError('not_found', 'There is no such part in this answer.');
  if (part.kind === wish.kind) return undefined;
  const parts = refileParts(inputOf(now, model), wish);
  return { parts, before: now.parts };
}

function taken(now: FiledAnswer): Refiling | undefined {
  return now.before && { parts: now.before };
}

function inputOf(filed: FiledAnswer, model: ModelInfo | undefined): RefileInput {
  const { parts, raw, finish, requestBody } = filed;
  return {
    parts,
    raw,
    finish: finish ? finishForSplitter(finish) : null,
    options: isCompletion(requestBody) ? undefined : model ? splitterOptionsOf(model) : {},
  };
}

function finishForSplitter({ outcome, reason }: Finish): SplitterFinish {
  if (outcome === 'stopped') return 'abort';
  if (outcome !== 'complete') return 'error';
  return reason === 'stop' || reason === 'length' ? reason : null;
}

/** Whether a text was to be continued: then the prompt says how it begins, not the model. */
function isCompletion(requestBody: string | undefined): boolean {
  try {
    return typeof (JSON.parse(requestBody ?? '{}') as { prompt?: unknown }).prompt === 'string';
  } catch {
    return false;
  }
}

/** More parts than this are estimated: each is a question to the tokenizer's thread. */
const mostCounted = 500;

/** The tokens of each of these parts' texts by the model's vocabulary, as far as they can be counted. */
async function countTexts(
  counter: TokenCounter,
  vocabulary: ModelInfo['vocabulary'],
  parts: readonly Segment[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  if (!vocabulary || parts.length > mostCounted) return counts;
  for (const { text } of parts) {
    const count = await counter.count(vocabulary, text);
    if (count !== undefined) counts.set(text, count);
  }
  return counts;
}

/** A split that the provider itself reported stays; a total is shared out again, and our own counts are made again. */
function recounted(
  usage: Usage | undefined,
  parts: readonly Segment[],
  counts: ReadonlyMap<string, number>,
): { usage?: Usage } {
  if (!usage) return {};
  const { promptTokens, cachedPromptTokens, reasoningTokens, answerTokens, source, serverTimes } = usage;
  const reported = {
    ...(promptTokens !== undefined && { promptTokens }),
    ...(cachedPromptTokens !== undefined && { cachedPromptTokens }),
    ...((source === 'reported' || source === 'events' || source === 'split') && {
      outputTokens: reasoningTokens + answerTokens,
    }),
    ...(source === 'reported' && { reasoningTokens }),
  };
  const reasoningText = textOfKind(parts, 'reasoning');
  const answerText = textOfKind(parts, 'answer');
  const recount = accountUsage({ reported, reasoningText, answerText, counted: countedBy(parts, counts) });
  return { usage: { ...recount, ...(serverTimes && { serverTimes }) } };
}

function countedBy(parts: readonly Segment[], counts: ReadonlyMap<string, number>): CountedTokens | undefined {
  const counted = { reasoning: 0, answer: 0, discarded: 0 };
  for (const { kind, text } of parts) {
    const count = counts.get(text);
    if (count === undefined) return undefined;
    counted[kind] += count;
  }
  return counted;
}

function worthRemembering(
  filed: FiledAnswer,
  wish: RefileWish,
  model: ModelInfo | undefined,
): RefileResult['remember'] | undefined {
  const startsInReasoning = wish.kind === 'reasoning';
  if (!model || model.reasoning.startsInReasoning === startsInReasoning) return undefined;
  if (!isFiledByItsStart(inputOf(filed, model), wish)) return undefined;
  return { providerId: filed.providerId, modelKey: filed.modelKey, startsInReasoning };
}
