import type { GenerationError } from '../../errors.ts';
import type { Sampling } from '../../model.ts';
import type { Finish, PhaseTimes } from '../../stream-part.ts';
import type { Usage } from '../../usage.ts';

/** What operators may know of a finished generation: figures and names, never a word of a prompt or an answer, never a key. */
export interface GenerationFacts {
  id: string;
  conversationId: string;
  providerId: string;
  /** The provider's address, without path. */
  host?: string;
  /** What went over the wire as `model`. */
  modelId: string;
  /** `text_completion` for a raw prompt. */
  operation: 'chat' | 'text_completion';
  recording: boolean;
  sampling: Sampling;
  /** Epoch ms. */
  queuedAt: number;
  times: PhaseTimes;
  usage?: Usage;
  finish: Finish;
  errorKind?: GenerationError['kind'];
}

/** Told of every generation of this process. */
export interface GenerationObserver {
  ended(facts: GenerationFacts): void;
}

/**
 * The facts as attributes named by OpenTelemetry's semantic conventions for generative AI; what they have no name for is
 * under `thinkglass.`.
 * Source: opentelemetry.io, "Semantic conventions for generative client AI spans".
 */
export function attributesOf(facts: GenerationFacts): Record<string, string | number | boolean | string[]> {
  const { sampling, usage, finish, times } = facts;
  const named: Record<string, string | number | boolean | string[] | undefined> = {
    'gen_ai.operation.name': facts.operation,
    'gen_ai.provider.name': facts.providerId,
    'gen_ai.request.model': facts.modelId,
    'gen_ai.response.model': finish.answeredModel,
    'gen_ai.response.id': facts.id,
    'gen_ai.conversation.id': facts.conversationId,
    'gen_ai.request.temperature': sampling.temperature,
    'gen_ai.request.top_p': sampling.topP,
    'gen_ai.request.max_tokens': sampling.maxTokens,
    'gen_ai.request.seed': sampling.seed,
    'gen_ai.response.finish_reasons': [finish.reason],
    'gen_ai.usage.input_tokens': usage?.promptTokens,
    'gen_ai.usage.cache_read.input_tokens': usage?.cachedPromptTokens,
    'gen_ai.usage.output_tokens': usage && usage.reasoningTokens + usage.answerTokens,
    'gen_ai.usage.reasoning.output_tokens': usage?.reasoningTokens,
    'server.address': facts.host,
    'error.type': facts.errorKind,
    'thinkglass.usage.source': usage?.source,
    'thinkglass.outcome': finish.outcome,
    'thinkglass.recording': facts.recording,
    'thinkglass.cost_usd': finish.cost,
    'thinkglass.time_to_first_byte_ms': times.firstByte,
    'thinkglass.reasoning_start_ms': times.reasoningStart,
    'thinkglass.reasoning_end_ms': times.reasoningEnd,
    'thinkglass.answer_start_ms': times.answerStart,
    'thinkglass.duration_ms': times.end,
  };
  const known = Object.entries(named).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(known) as Record<string, string | number | boolean | string[]>;
}

/** When the first token of thinking or answer came, in ms since it was queued. */
export function firstTokenMs(times: PhaseTimes): number | undefined {
  const starts = [times.reasoningStart, times.answerStart].filter((at) => at !== undefined);
  return starts.length > 0 ? Math.min(...starts) : undefined;
}
