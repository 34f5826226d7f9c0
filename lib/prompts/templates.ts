import type { AttachedContent } from '../attachment.ts';
import type { ChatMessage } from '../model.ts';
import type { SignedBlocks } from '../opaque.ts';

/** A finished exchange before the question that is asked now. */
export interface PastTurn {
  question: string;
  answer: string;
  /** Its thinking; only history policies other than `strip` send it. */
  reasoning: string;
  /** The answer as its provider wants it back with its thinking, where it does. */
  signed?: SignedBlocks;
  /** What came with the question. */
  attachments?: readonly AttachedContent[];
}

/**
 * The prompt R1-Zero was trained with (DeepSeek-R1 paper, arXiv:2501.12948, table 1), word for word; `{prompt}` is the question.
 */
export const r1ZeroTemplate =
  'A conversation between User and Assistant. The user asks a question, and the Assistant solves it. The assistant first thinks about the reasoning process in the mind and then provides the user with the answer. The reasoning process and answer are enclosed within <think> </think> and <answer> </answer> tags, respectively, i.e., <think> reasoning process here </think> <answer> answer here </answer>. User: {prompt}. Assistant:';

/**
 * The R1-Zero prompt of a conversation. Earlier turns, which the training never had, stand before the question in the
 * same words, without their thinking.
 */
export function renderR1ZeroPrompt(turns: readonly PastTurn[], question: string): string {
  const past = turns.map((t) => `${t.question}. Assistant: <answer> ${t.answer} </answer> User: `).join('');
  // A function, because "$&" in a question would mean something to replace().
  return r1ZeroTemplate.replace('{prompt}', () => past + question);
}

/**
 * The same as the text of a raw completion, as R1-Zero saw it in training: no chat template around it, and no line end
 * after it. `opensThinking`: it ends in the opening tag, so the model has no choice but to think.
 */
export function renderR1ZeroCompletion(turns: readonly PastTurn[], question: string, opensThinking: boolean): string {
  return renderR1ZeroPrompt(turns, question) + (opensThinking ? ' <think>' : '');
}

/**
 * Where R1-Zero's completion is to stop: where it would begin the user's next turn. With the line end, because a bare
 * "User:" comes up in the middle of thinking and of answers too; a turn invented on the same line is found by the splitter.
 */
export const r1ZeroStop: readonly string[] = ['\nUser:'];

/** The chat messages of a conversation under R1-Zero's template: one user message. */
export function renderR1ZeroMessages(turns: readonly PastTurn[], question: string): ChatMessage[] {
  return [{ role: 'user', content: renderR1ZeroPrompt(turns, question) }];
}
