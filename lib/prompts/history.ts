import type { AttachedContent } from '../attachment.ts';
import type { ChatImage, ChatMessage, CompletionPrompt, HistoryPolicy, ModelInfo, PromptTemplateId } from '../model.ts';
import type { SplitterOptions } from '@thinkglass/splitter';
import { attachTo } from './attachments.ts';
import { endsInOpener, renderRawPrompt, turnLabelsOf } from './raw-prompt.ts';
import { type PastTurn, r1ZeroStop, renderR1ZeroCompletion, renderR1ZeroMessages } from './templates.ts';

/** What goes to the model, and what was changed on the way. */
export interface RenderedPrompt {
  messages: ChatMessage[];
  /** The system prompt was put before the first question, as the model's makers advise against having one. */
  systemPromptMoved: boolean;
  /** For a raw completion: the text instead of messages, and how its continuation is to be split. */
  completion?: CompletionPrompt;
  splitter?: Pick<SplitterOptions, 'startsInReasoning' | 'completion'>;
  /** Names in a hand-written prompt that are no variables; they are sent as they stand. */
  unknownVariables: string[];
  /** Pictures of earlier questions that are not sent again; absent when there are none. */
  picturesLeftOut?: string[];
  /** So many of the oldest turns are not sent; absent when all are. */
  turnsLeftOut?: number;
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
  /** What comes with the question. */
  attachments?: readonly AttachedContent[] | undefined;
  /** What of past thinking is sent back; the model's own policy when absent. A model that requires it gets it anyway. */
  history?: HistoryPolicy | undefined;
  /** The text of template `raw`; the question alone when absent. */
  rawPrompt?: string | undefined;
  /** Template `r1-zero-raw` ends in `<think>`. */
  opensThinking?: boolean | undefined;
  /** Stop strings that were asked for. */
  stop?: readonly string[] | undefined;
}): RenderedPrompt {
  const { model } = input;
  const template = input.template ?? model.promptTemplate;
  const asked = [...input.turns, { question: input.question, attachments: input.attachments }];
  // Only chat messages have room for pictures.
  const { questions, left } = attachTo(asked, template === 'chat' && model.takesImages === true);
  const wordsOf = (i: number) => questions.at(i)?.content ?? '';
  const rendered = renderTemplate(template, {
    ...input,
    turns: input.turns.map((turn, i) => ({ ...turn, question: wordsOf(i) })),
    question: wordsOf(-1),
    images: questions.map(({ images }) => images),
  });
  return { ...rendered, ...(left.length > 0 && { picturesLeftOut: left }) };
}

type PromptInput = Parameters<typeof renderPrompt>[0];

function renderTemplate(
  template: PromptTemplateId,
  input: PromptInput & { /** By question; that of now is the last. */ images: readonly ChatImage[][] },
): RenderedPrompt {
  const { model, turns, question, stop = [] } = input;
  const systemPrompt = input.systemPrompt?.trim() ?? '';
  const systemPromptMoved = systemPrompt !== '';
  const asked = systemPromptMoved ? `${systemPrompt}\n\n${question}` : question;
  switch (template) {
    case 'r1-zero':
      return { messages: renderR1ZeroMessages(turns, asked), systemPromptMoved, unknownVariables: [] };
    case 'r1-zero-raw': {
      const prompt = renderR1ZeroCompletion(turns, asked, input.opensThinking ?? false);
      const rendered = completionOf(prompt, [...r1ZeroStop, ...stop], true);
      return { ...rendered, systemPromptMoved, unknownVariables: [] };
    }
    case 'raw': {
      const template = input.rawPrompt ?? '{{question}}';
      const { prompt, unknownVariables } = renderRawPrompt(template, { question, system: systemPrompt, turns });
      return { ...completionOf(prompt, stop, turnLabelsOf(prompt)), systemPromptMoved: false, unknownVariables };
    }
    case 'chat':
      return renderChat(input, systemPrompt, keepsReasoning(model, input.history));
  }
}

function keepsReasoning(model: ModelInfo, wish: HistoryPolicy | undefined): boolean {
  if (model.history === 'required') return true;
  return (wish ?? model.history) !== 'strip';
}

/** A text to continue. Whether it begins in thinking is not guessed from the model: the text says it. */
function completionOf(
  prompt: string,
  stop: readonly string[],
  labels: SplitterOptions['completion'],
): Pick<RenderedPrompt, 'messages' | 'completion' | 'splitter'> {
  return {
    messages: [],
    completion: { prompt, stop: [...new Set(stop)] },
    splitter: { startsInReasoning: endsInOpener(prompt) ? true : 'auto', completion: labels },
  };
}

function renderChat(
  {
    model,
    turns,
    question,
    images,
  }: Pick<PromptInput, 'model' | 'turns' | 'question'> & { images: readonly ChatImage[][] },
  systemPrompt: string,
  keeps: boolean,
): RenderedPrompt {
  const withImages = (i: number) => (images.at(i)?.length ? { images: images.at(i) as ChatImage[] } : {});
  const moves = systemPrompt !== '' && model.advice.systemPrompt === 'avoid';
  const messages: ChatMessage[] = systemPrompt && !moves ? [{ role: 'system', content: systemPrompt }] : [];
  for (const [i, turn] of turns.entries()) {
    messages.push({ role: 'user', content: turn.question, ...withImages(i) });
    messages.push({
      role: 'assistant',
      content: turn.answer,
      ...(keeps && turn.reasoning !== '' && { reasoning: turn.reasoning }),
      ...(keeps && turn.signed && { signed: turn.signed }),
    });
  }
  messages.push({ role: 'user', content: question, ...withImages(-1) });
  if (moves) {
    const first = messages[0];
    if (first) messages[0] = { ...first, content: `${systemPrompt}\n\n${first.content}` };
  }
  return { messages, systemPromptMoved: moves, unknownVariables: [] };
}
