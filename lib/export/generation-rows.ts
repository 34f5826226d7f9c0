import { judgeThinking } from '../asked-thinking.ts';
import type { ExportedConversation, ExportedGeneration, ExportedMessage } from '../exported.ts';

/**
 * The token log of a conversation as JSON lines, one generation each, in the order they were asked: all figures, no text
 * of anybody. Empty for a conversation without answers.
 */
export function renderGenerationRows(conversation: ExportedConversation): string {
  return conversation.messages
    .flatMap((message) => (message.generation ? [rowOf(conversation, message, message.generation)] : []))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}

/** Named field by field, so that a new one holds no text by accident. */
function rowOf(conversation: ExportedConversation, message: ExportedMessage, generation: ExportedGeneration) {
  const { times, usage, finish, health, error } = generation;
  const asked = judgeThinking(generation.sampling, usage);
  return {
    conversationId: conversation.id,
    threadId: message.threadId,
    generationId: message.id,
    askedAt: generation.queuedAt,
    providerId: generation.providerId,
    provider: generation.providerLabel,
    modelKey: generation.modelKey,
    modelId: generation.modelId,
    model: generation.modelLabel,
    answeredModel: finish.answeredModel ?? null,
    recording: generation.recording,
    sampling: samplingFigures(generation.sampling),
    outcome: finish.outcome,
    reason: finish.reason,
    rawReason: finish.rawReason ?? null,
    complete: finish.complete,
    error: error?.kind ?? null,
    status: error?.status ?? null,
    notices: generation.notices.map((notice) => (notice.code === 'said' && notice.facts.was) || notice.code),
    firstByteMs: times.firstByte ?? null,
    reasoningStartMs: times.reasoningStart ?? null,
    reasoningEndMs: times.reasoningEnd ?? null,
    answerStartMs: times.answerStart ?? null,
    endMs: times.end ?? null,
    promptTokens: usage?.promptTokens ?? null,
    cachedPromptTokens: usage?.cachedPromptTokens ?? null,
    reasoningTokens: usage?.reasoningTokens ?? null,
    answerTokens: usage?.answerTokens ?? null,
    usageSource: usage?.source ?? null,
    thinkingAsked: asked?.most ?? null,
    thinkingKept: asked?.kept ?? null,
    costUsd: finish.cost ?? null,
    formatOk: health?.format?.ok ?? null,
    languageShare: health?.language?.share ?? null,
    repetitionShare: health?.repetition?.share ?? null,
    rethinks: health?.rethinks?.count ?? null,
    copiedFrom: generation.copiedFrom ?? null,
    origin: generation.origin ?? null,
  };
}

/** Stop strings are a person's text. */
function samplingFigures({ stop, ...figures }: ExportedGeneration['sampling']) {
  return { ...figures, ...(stop && { stops: stop.length }) };
}
