import { judgeThinking } from '../../asked-thinking.ts';
import type { Generation, Message } from '../../conversation.ts';
import { causeOf } from '../../errors.ts';
import type { LabQuestion } from '../../lab/question.ts';
import type { ThinkingStep } from '../../lab/run.ts';
import { type Score, scoreReply, scorerVersion, type ScoringRule } from '../../lab/score.ts';
import { type FinishReason, type Outcome, type Segment, textOfKind } from '../../stream-part.ts';
import type { Usage } from '../../usage.ts';
import type { Likelihood } from '../generation/intake.ts';
import type { SampleResult, SampleVerdict } from '../store/lab-samples.ts';

/** The calls of a sample, in their order; the last has its answer. */
export interface SampleCalls {
  calls: readonly Generation[];
  message: Message;
  /** Of a thought that was replayed: its tokens. */
  replayedTokens?: number;
  /** How sure the tokens of each call were, where all tell it. */
  likelihoods?: readonly Likelihood[];
}

/**
 * How a reply ended, as it is judged: what a filter withheld or a limit ended without a word did not fail, nor did one that
 * could not go on because what it had said fills the window.
 */
export function endOfReply(generation: Pick<Generation, 'finish' | 'error' | 'continues'>): {
  outcome: Outcome;
  reason: FinishReason;
} {
  const { finish, error, continues } = generation;
  if (error?.kind === 'filtered') return { outcome: 'complete', reason: 'filtered' };
  if (error?.kind === 'limit') return { outcome: 'complete', reason: 'length' };
  if (error?.kind === 'context' && continues !== undefined) return { outcome: 'complete', reason: 'length' };
  return { outcome: finish?.outcome ?? 'interrupted', reason: finish?.reason ?? 'unknown' };
}

/** The verdict of an answer. */
export function judgeParts(
  parts: readonly Segment[],
  end: { outcome: Outcome; reason: FinishReason },
  question: LabQuestion,
  rule: ScoringRule,
): SampleVerdict {
  const reply = { thinking: textOfKind(parts, 'reasoning'), answer: textOfKind(parts, 'answer'), ...end };
  const score: Score = scoreReply(reply, question, rule);
  return { ...score, scorerVersion };
}

/** All that is kept of a sample that is over. */
export function judgeSample(
  { calls, message, replayedTokens, likelihoods = [] }: SampleCalls,
  { question, rule, step, at }: { question: LabQuestion; rule: ScoringRule; step: ThinkingStep; at: number },
): SampleResult {
  const last = calls.at(-1);
  const end = endOfReply(last ?? {});
  const usage = addUsages(calls.flatMap((call) => call.usage ?? []));
  const thinkingTokens = usage && usage.reasoningTokens + (replayedTokens ?? 0);
  const costs = calls.map(({ finish }) => finish?.cost);
  const cost = costs.every((each) => each !== undefined) ? costs.reduce((sum, each) => sum + each, 0) : undefined;
  const kept = judgeThinking(askedBy(step, last), usage);
  const health = last?.health;
  const answeredModel = last?.finish?.answeredModel;
  const reason = last?.finish?.rawReason ?? last?.finish?.reason;
  return {
    ...judgeParts(message.parts, end, question, rule),
    ...(usage && {
      ...(usage.promptTokens !== undefined && { promptTokens: usage.promptTokens }),
      thinkingTokens: thinkingTokens ?? 0,
      answerTokens: usage.answerTokens,
      source: usage.source,
    }),
    ...(cost !== undefined && { cost }),
    ms: calls.reduce((sum, { times }) => sum + (times.end ?? 0), 0),
    ...(reason !== undefined && { finishReason: reason }),
    ...(answeredModel !== undefined && { answeredModel }),
    ...(health?.format && { formatOk: health.format.ok }),
    ...(health?.language && { languageShare: health.language.share }),
    ...(kept && { budgetKept: kept.kept }),
    ...meanOf(likelihoods),
    ...(last?.error && { error: causeOf(last.error) }),
    at,
  };
}

function meanOf(likelihoods: readonly Likelihood[]): Pick<SampleResult, 'meanLogprob'> {
  const tokens = likelihoods.reduce((sum, each) => sum + each.tokens, 0);
  return tokens === 0 ? {} : { meanLogprob: likelihoods.reduce((sum, each) => sum + each.sum, 0) / tokens };
}

/** What of its thinking was asked for: by its server, or by us. */
function askedBy(step: ThinkingStep, last: Generation | undefined): Generation['sampling'] {
  if (step.way === 'cap') return { thinkingBudget: step.tokens };
  if (step.way === 'effort' || step.way === 'budget') return last?.sampling ?? {};
  return {};
}

/** The tokens of a chain of calls; their source is the least sure one. */
function addUsages(usages: readonly Usage[]): Usage | undefined {
  if (usages.length === 0) return undefined;
  const sure = ['estimated', 'counted', 'split', 'events', 'reported'] as const satisfies Usage['source'][];
  const isToldOfAll = usages.every(({ promptTokens }) => promptTokens !== undefined);
  return {
    ...(isToldOfAll && { promptTokens: usages.reduce((sum, { promptTokens = 0 }) => sum + promptTokens, 0) }),
    reasoningTokens: usages.reduce((sum, { reasoningTokens }) => sum + reasoningTokens, 0),
    answerTokens: usages.reduce((sum, { answerTokens }) => sum + answerTokens, 0),
    source: sure.find((source) => usages.some((usage) => usage.source === source)) ?? 'estimated',
  };
}

/** Whether a provider said of one of these calls that there were too many, even if it answered after that. */
export function wasLimited(calls: readonly Generation[]): boolean {
  return calls.some(
    ({ error, notices }) =>
      error?.kind === 'rate' ||
      notices.some((notice) => notice.code === 'retrying' && notice.facts.error.code === 'too-many-requests'),
  );
}
