import type { ModelRequest } from '../../../model.ts';
import { takenSampling } from '../../../parameters.ts';
import type { Call } from './desk.ts';
import { type InsideRecord, insideFile } from './models.ts';
import { type PuzzleFault, readPuzzle, writePuzzle } from './puzzle.ts';

/** A question between R1-Zero's template, and what stands behind the template: the beginning of an answer. */
const zeroTemplate =
  /^A conversation between User and Assistant\.[\s\S]*?User: ([\s\S]*?)\.?\s*Assistant:\s*([\s\S]*)$/;

export type InsideRequest = Omit<ModelRequest, 'signal'>;

/**
 * What a model is asked: of a conversation the last question alone, which is all it was trained on, in its own words; of a
 * hand-written text that text. Behind it goes what the answer begins with.
 */
export function renderInsidePrompt(request: InsideRequest, { opens }: InsideRecord): { text: string } | PuzzleFault {
  const { messages, completion, prefix } = request;
  if (completion) {
    const [, question, begun = ''] = zeroTemplate.exec(completion.prompt) ?? [];
    return question === undefined ? { text: completion.prompt } : renderQuestion(question, begun);
  }
  const last = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const asked = zeroTemplate.exec(last)?.[1] ?? last;
  return renderQuestion(asked, opens + (prefix?.exact ?? prefix?.answer ?? ''));
}

function renderQuestion(question: string, begun: string): { text: string } | PuzzleFault {
  const puzzle = readPuzzle(question);
  return typeof puzzle === 'string' ? puzzle : { text: `${writePuzzle(puzzle)}${begun}` };
}

/** The call of a model, without the pace at which it is shown. */
export function renderInsideCall(request: InsideRequest, record: InsideRecord, prompt: string, seed: number): Call {
  const { model, completion } = request;
  const taken = takenSampling(model, { ...model.advice, ...request.sampling });
  const { temperature = 1, topP, topK, minP, maxTokens, thinkingBudget } = taken;
  return {
    file: insideFile(record),
    prompt,
    temperature,
    seed: taken.seed ?? seed,
    stop: completion?.stop ?? taken.stop ?? [],
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(minP !== undefined && { minP }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(thinkingBudget !== undefined && { thoughtLimit: thinkingBudget }),
    ...(request.logprobs !== undefined && { top: request.logprobs }),
  };
}

/** The call as it is shown to whoever asks what was sent: in the words of a completion. */
export function renderInsideBody(model: string, call: Call): string {
  const { prompt, temperature, topP, topK, minP, seed, maxTokens, thoughtLimit, stop, top } = call;
  return JSON.stringify({
    model,
    prompt,
    temperature,
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...(minP !== undefined && { min_p: minP }),
    seed,
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(thoughtLimit !== undefined && { thinking_budget_tokens: thoughtLimit }),
    ...(stop.length > 0 && { stop }),
    ...(top !== undefined && { logprobs: top }),
    stream: true,
  });
}
