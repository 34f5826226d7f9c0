import type { ContinuationStyle, ModelInfo, PromptTemplateId } from './model.ts';
import type { Notice } from './notice.ts';
import { type Finish, type Segment, textOfKind } from './stream-part.ts';

/** Where an answer was cut: in its thinking, or in what it says to the user. */
export type CutIn = 'thought' | 'answer';

/** What may be continued in the model's own turn; the rest is asked for in a new turn, or not at all. */
interface Ability {
  thought: boolean;
  answer: boolean;
  /** The thinking can be closed by us and the answer asked for. */
  answerNow: boolean;
  /** Only what came among the content, tags and all, can be put behind the prompt again. */
  needsExactText?: true;
}

/**
 * What each way of handing a beginning back can do. None may be guessed: a template that drops the thinking of a last
 * message, or closes it, would have the model begin elsewhere than where it was cut.
 */
const abilities: Record<ContinuationStyle, Ability> = {
  // DeepSeek's beta: `prefix: true` on the last message; its `reasoning_content` is taken for a thought that is over.
  'assistant-prefix': { thought: false, answer: true, answerNow: true },
  // vLLM's `continue_final_message`: templates of reasoning models drop a thought from the message, so only an answer.
  'final-message': { thought: false, answer: true, answerNow: false },
  // SGLang puts the message's text behind the generation prompt, character by character.
  'after-prompt': { thought: true, answer: true, answerNow: true, needsExactText: true },
  // llama.cpp puts a last message behind the prompt, its thinking open or closed as it is asked to.
  'last-message': { thought: true, answer: true, answerNow: true },
  // The same where its template opens the thinking: that is handed back in its field, also where it came between tags.
  'thought-in-field': { thought: true, answer: true, answerNow: true },
  // The template is rendered by the server, and the beginning written behind it: the text of a raw completion.
  rendered: { thought: true, answer: true, answerNow: true },
  // Ollama's templates close the `thinking` of a last message before its `content`.
  'thinking-and-content': { thought: false, answer: true, answerNow: true },
  recording: { thought: true, answer: true, answerNow: true },
};

const completion: Ability = { thought: true, answer: true, answerNow: true };

/** A prompt that is a text is continued by whoever takes texts. */
export function isCompletionTemplate(template: PromptTemplateId): boolean {
  return template === 'raw' || template === 'r1-zero-raw';
}

/** Whether a model can continue, in its own turn, an answer that was cut there; `exact`: all of it came among the content. */
export function canContinue(
  { continuation }: Pick<ModelInfo, 'continuation'>,
  where: { cutIn: CutIn; isCompletion: boolean; exact: boolean },
): boolean {
  return can(continuation, where, where.cutIn);
}

/** Whether a model's thinking can be ended by us, so that it answers with what it has thought. */
export function canAnswerNow(
  { continuation }: Pick<ModelInfo, 'continuation'>,
  where: { isCompletion: boolean; exact: boolean },
): boolean {
  return can(continuation, where, 'answerNow');
}

function can(
  style: ContinuationStyle | undefined,
  { isCompletion, exact }: { isCompletion: boolean; exact: boolean },
  what: CutIn | 'answerNow',
): boolean {
  const ability = isCompletion ? completion : style && abilities[style];
  if (!ability?.[what]) return false;
  return exact || !ability.needsExactText;
}

/** Where these parts end; undefined when there is nothing to go on from. */
export function cutInOf(parts: readonly Segment[]): CutIn | undefined {
  const last = parts.findLast(({ kind, text }) => kind !== 'discarded' && text.trim() !== '');
  return last && (last.kind === 'reasoning' ? 'thought' : 'answer');
}

/** Whether an answer ended before it was done, and has something to go on from. */
export function isCut(parts: readonly Segment[], finish: Finish | undefined): boolean {
  if (!finish || cutInOf(parts) === undefined) return false;
  return finish.outcome !== 'complete' || finish.reason === 'length';
}

/** Whether this tells that an answer was asked for in the middle of the thinking, and the same stream brings it. */
export function endsThinkingInStream({ code, facts }: Notice): boolean {
  return code === 'answer-now' && 'inStream' in facts && facts.inStream === true;
}

/** What a model that cannot go on by itself is asked in a new turn. */
export const continueRequest =
  'Your last message was cut off. Go on exactly where it stops, without repeating any of it.';

/** What is sent back of an answer that is to be gone on with in a new turn: without an answer, its unfinished thinking. */
export function textToGoOnFrom(parts: readonly Segment[]): string {
  return textOfKind(parts, 'answer') || textOfKind(parts, 'reasoning');
}
