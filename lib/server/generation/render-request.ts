import { type AttachedContent, hasImages } from '../../attachment.ts';
import type { ConversationDetail, Message, ThreadSettings } from '../../conversation.ts';
import { AppError } from '../../errors.ts';
import type { ModelInfo } from '../../model.ts';
import { takenSampling } from '../../parameters.ts';
import { refusalOfPictures } from '../../pictures.ts';
import { type RenderedPrompt, renderPrompt } from '../../prompts/history.ts';
import { completionMaxTokens } from '../../prompts/raw-prompt.ts';
import type { PastTurn } from '../../prompts/templates.ts';
import { signedBlocksOf } from '../../opaque.ts';
import { onRoute } from '../../model-route.ts';
import type { Notice } from '../../notice.ts';
import { textOfKind } from '../../stream-part.ts';
import type { Store } from '../store/store.ts';
import type { HealthContext } from './health.ts';
import type { RunInput } from './run.ts';

/** What is in the files of questions, by question. */
export type Files = ReadonlyMap<string, readonly AttachedContent[]>;

const noFiles: Files = new Map();

/** What is in the files of the questions on the ways from the roots to some messages; ids of unknown ones are passed over. */
export async function readFiles(
  store: Pick<Store, 'attachments'>,
  ownerId: string,
  { messages }: ConversationDetail,
  leafIds: readonly (string | null)[],
): Promise<Files> {
  if (!messages.some(({ attachments }) => attachments)) return noFiles;
  const byId = new Map(messages.map((message) => [message.id, message]));
  const ids = new Set<string>();
  for (const leafId of leafIds) {
    for (let at = byId.get(leafId ?? ''); at && !ids.has(at.id); at = byId.get(at.parentId ?? '')) ids.add(at.id);
  }
  return store.attachments.read(
    ownerId,
    [...ids].filter((id) => byId.get(id)?.attachments),
  );
}

/** @throws AppError `unsupported_media_type` for pictures that would not reach the model. */
export function assertTakes(model: ModelInfo, settings: ThreadSettings, attachments: readonly AttachedContent[]): void {
  if (!hasImages(attachments)) return;
  const refusal = refusalOfPictures(model, settings);
  if (refusal) throw new AppError('unsupported_media_type', refusal);
}

/** What a model is asked for this question, under these settings and its makers' advice. */
export function renderRequest(
  model: ModelInfo,
  settings: ThreadSettings,
  turns: readonly PastTurn[],
  question: string,
  attachments: readonly AttachedContent[] = [],
): { request: RunInput['request']; prompt: RenderedPrompt } {
  const left = Math.max(0, turns.length - (settings.recentTurns ?? turns.length));
  const prompt = renderPrompt({
    model,
    template: settings.promptTemplate,
    systemPrompt: settings.systemPrompt,
    history: settings.history,
    turns: turns.slice(left),
    question,
    attachments,
    rawPrompt: settings.rawPrompt,
    opensThinking: settings.opensThinking,
    stop: settings.sampling.stop,
  });
  const { messages, completion } = prompt;
  const asked = {
    ...(model.advice.temperature !== undefined && { temperature: model.advice.temperature }),
    ...(model.advice.topP !== undefined && { topP: model.advice.topP }),
    ...(model.advice.maxTokens !== undefined && { maxTokens: model.advice.maxTokens }),
    ...settings.sampling,
  };
  const sampling = {
    ...takenSampling(model, asked),
    ...(completion && { maxTokens: completionMaxTokens(model, settings.sampling), stop: completion.stop }),
  };
  return {
    request: { model: onRoute(model, sampling.route), messages, sampling, ...(completion && { completion }) },
    prompt: { ...prompt, ...(left > 0 && { turnsLeftOut: left }) },
  };
}

/** A hand-written prompt may ask for anything, and where a server keeps the thinking to itself there may have been none. */
export function healthContextOf(model: ModelInfo, settings: ThreadSettings, question: string): HealthContext {
  const template = settings.promptTemplate ?? model.promptTemplate;
  const { transport, isAssumed } = model.reasoning;
  const thinks = template === 'chat' ? transport === 'inline' && !isAssumed : template !== 'raw';
  return { question, template, thinks };
}

/** A notice names so many at most. */
const mostNamed = 5;

/** What a person should know of how the prompt was made. */
export function noticesOf(prompt: RenderedPrompt): Notice[] {
  const notices: Notice[] = [];
  if (prompt.systemPromptMoved) {
    notices.push({ code: 'system-prompt-moved', facts: {} });
  }
  if (prompt.turnsLeftOut) notices.push({ code: 'turns-left-out', facts: { turns: prompt.turnsLeftOut } });
  if (prompt.unknownVariables.length > 0) {
    notices.push({ code: 'unknown-variable', facts: { names: prompt.unknownVariables.slice(0, mostNamed) } });
  }
  const left = prompt.picturesLeftOut ?? [];
  if (left.length > 0) {
    const facts = { names: left.slice(0, mostNamed), more: left.length > mostNamed };
    notices.push({ code: 'picture-left-out', facts });
  }
  return notices;
}

/** The exchanges on the way from the root to `leafId`, oldest first. */
export function turnsUpTo(messages: ReadonlyMap<string, Message>, leafId: string | null, files: Files): PastTurn[] {
  const turns: PastTurn[] = [];
  for (let id = leafId; id !== null; ) {
    const answer = messages.get(id);
    const question = answer?.parentId ? messages.get(answer.parentId) : undefined;
    if (answer?.role !== 'assistant' || !question) {
      throw new AppError('not_found', 'The answer that this question follows is not in this thread.');
    }
    turns.unshift({
      question: textOfKind(question.parts, 'answer'),
      answer: textOfKind(answer.parts, 'answer'),
      reasoning: textOfKind(answer.parts, 'reasoning'),
      ...signedOf(answer.parts),
      ...(files.has(question.id) && { attachments: files.get(question.id) ?? [] }),
    });
    id = question.parentId;
  }
  return turns;
}

function signedOf(parts: Message['parts']): Pick<PastTurn, 'signed'> {
  const signed = signedBlocksOf(parts);
  return signed ? { signed } : {};
}
