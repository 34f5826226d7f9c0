import { titleOfQuestion } from '../conversation.ts';
import { AppError } from '../errors.ts';
import type { ModelInfo } from '../model.ts';
import { splitText } from '@thinkglass/splitter/split-text';
import { splitterOptionsOf } from '../reasoning/splitter-options.ts';
import { textOfKind } from '../stream-part.ts';
import { askShortly } from './calls/short-answer.ts';
import { RateLimit } from './rate-limit.ts';
import type { Runtime } from './runtime.ts';

/** A title is a few words. A model that thinks first spends them on that, and the question's title stays. */
const maxTokens = 32;
/** What of the question and of the answer is shown to the model, in characters. */
const shownLength = 1500;

const titles = new RateLimit({ words: 'Too many titles were asked for.', windowMs: 60_000, each: 20, all: 200 });

/**
 * Has the model that answered first name a conversation, unless somebody has named it. What goes wrong with the model
 * leaves the title as it is. Its few tokens belong to no answer and are in no log, like those of a provider's test.
 * @returns the title as it is then.
 * @throws AppError `not_found`, `too_many_requests`
 */
export async function titleByModel(
  { store, models }: Pick<Runtime, 'store' | 'models'>,
  ownerId: string,
  id: string,
  signal: AbortSignal,
): Promise<string> {
  const conversation = await store.conversations.find(ownerId, id);
  if (!conversation) throw new AppError('not_found', 'There is no such conversation.');
  const question = conversation.messages.find(({ role }) => role === 'user');
  const answer = conversation.messages.find(({ generation }) => generation?.state === 'complete');
  const by = answer?.generation;
  const isFree = (await store.conversations.findTitle(ownerId, id))?.source === 'question';
  if (!isFree || !question || !answer || !by) return conversation.title;
  const found = (await models.forViewer(ownerId)).findModel({ providerId: by.providerId, modelKey: by.modelKey });
  // A recording says what was written down, and a model inside knows no words.
  if (!found || found.model.recording || found.model.knows) return conversation.title;
  await titles.take(ownerId);
  const text = promptOf(textOfKind(question.parts, 'answer'), textOfKind(answer.parts, 'answer'));
  const words = await askShortly(found.adapter, { model: found.model, text, maxTokens, signal });
  const title = words === undefined ? undefined : titleOf(words, found.model);
  if (title === undefined || !(await store.conversations.saveModelTitle(ownerId, id, title))) return conversation.title;
  return title;
}

function promptOf(question: string, answer: string): string {
  return [
    'Name this conversation in at most six words, in the language of the question.',
    'Answer with the name alone: no quotes, no full stop, no explanation.',
    '',
    `Question: ${question.slice(0, shownLength).toWellFormed()}`,
    '',
    `Answer: ${answer.slice(0, shownLength).toWellFormed()}`,
  ].join('\n');
}

/** What a model wrote, as a title: without thinking, tags, quotes and marks of Markdown; undefined when nothing is left. */
export function titleOf(written: string, model: Pick<ModelInfo, 'reasoning'>): string | undefined {
  const { answer } = splitText(written, splitterOptionsOf(model));
  const line = answer.trim().split('\n')[0] ?? '';
  const bare = line
    .replace(/<[^<>]*>/g, ' ')
    .replace(/[<>*_`#]/g, ' ')
    .replace(/^\s*(title|name)\s*:/i, ' ')
    .trim()
    .replace(/^["'“”„«‘]+|["'“”»’.]+$/gu, '')
    .trim();
  return /[\p{L}\p{N}]/u.test(bare) ? titleOfQuestion(bare) : undefined;
}
