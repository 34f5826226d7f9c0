import type { ChatMessage, ModelInfo, PromptTemplateId } from '../model.ts';
import { type PastTurn, renderR1ZeroMessages } from './templates.ts';

/** What goes to the model, and what was changed on the way. */
export interface RenderedPrompt {
  messages: ChatMessage[];
  /** The system prompt was put before the first question, as the model's makers advise against having one. */
  systemPromptMoved: boolean;
}

/**
 * Renders a conversation for a model: the template, the history policy (what past thinking may be sent back) and the
 * makers' advice on system prompts (DeepSeek-R1's model card: instructions belong in the user's turn).
 */
export function renderPrompt(input: {
  model: ModelInfo;
  template: PromptTemplateId | undefined;
  systemPrompt: string | undefined;
  turns: readonly PastTurn[];
  question: string;
}): RenderedPrompt {
  const { model, turns, question } = input;
  const systemPrompt = input.systemPrompt?.trim() ?? '';
  if ((input.template ?? model.promptTemplate) === 'r1-zero') {
    const first = systemPrompt ? `${systemPrompt}\n\n` : '';
    return { messages: renderR1ZeroMessages(turns, first + question), systemPromptMoved: systemPrompt !== '' };
  }
  const moves = systemPrompt !== '' && model.advice.systemPrompt === 'avoid';
  const messages: ChatMessage[] = systemPrompt && !moves ? [{ role: 'system', content: systemPrompt }] : [];
  for (const turn of turns) {
    messages.push({ role: 'user', content: turn.question });
    const keepsReasoning = model.history !== 'strip' && turn.reasoning !== '';
    messages.push({
      role: 'assistant',
      content: turn.answer,
      ...(keepsReasoning && { reasoning: turn.reasoning }),
    });
  }
  messages.push({ role: 'user', content: question });
  if (moves) {
    const first = messages[0];
    if (first) messages[0] = { ...first, content: `${systemPrompt}\n\n${first.content}` };
  }
  return { messages, systemPromptMoved: moves };
}
