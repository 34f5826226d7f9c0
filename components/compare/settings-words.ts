import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ModelInfo, PromptTemplateId } from '../../lib/model.ts';
import { takenSampling } from '../../lib/parameters.ts';

const templateWords: Record<PromptTemplateId, string> = {
  chat: 'as a chat',
  'r1-zero': 'R1-Zero’s prompt',
  'r1-zero-raw': 'R1-Zero raw',
  raw: 'a prompt by hand',
};

const dialWords = [
  ['topK', 'top-k'],
  ['minP', 'min-p'],
  ['repeatPenalty', 'repeat penalty'],
  ['numCtx', 'window'],
] as const;

/** How a column asks, in a few words: what somebody set, or what is not the usual. Empty when all is as advised. */
export function settingsWords(settings: ThreadSettings, model: ModelInfo | undefined): string[] {
  const words: string[] = [];
  const template = settings.promptTemplate ?? model?.promptTemplate ?? 'chat';
  if (template !== 'chat' || (model && model.promptTemplate !== 'chat')) words.push(templateWords[template]);
  const { temperature, topP, maxTokens, seed, effort, thinkingBudget, route, ...dials } = model
    ? takenSampling(model, settings.sampling)
    : settings.sampling;
  if (temperature !== undefined) words.push(`temperature ${temperature}`);
  if (topP !== undefined) words.push(`top-p ${topP}`);
  if (effort !== undefined) words.push(effort === 'off' || effort === 'none' ? 'thinking off' : `effort ${effort}`);
  if (thinkingBudget !== undefined) words.push(`${thinkingBudget} thinking tokens`);
  if (maxTokens !== undefined) words.push(`at most ${maxTokens} tokens`);
  if (seed !== undefined) words.push(`seed ${seed}`);
  for (const [name, word] of dialWords) if (dials[name] !== undefined) words.push(`${word} ${dials[name]}`);
  if (route !== undefined) words.push(`by ${route}`);
  if (settings.history === 'keep' && model?.history === 'strip') words.push('past thinking sent back');
  if (settings.history === 'strip' && model?.history === 'keep') words.push('past thinking left out');
  if (settings.systemPrompt?.trim()) words.push('system prompt');
  return words;
}

/** Labels for columns such that each says which it is: a model that is there twice is told by how it is asked. */
export function columnLabels(
  columns: readonly { settings: ThreadSettings; model: ModelInfo | undefined; provider?: string | undefined }[],
): { label: string; detail: string }[] {
  const names = columns.map(({ settings, model }) => (model?.label ?? settings.model.modelKey) || 'No model');
  const details = columns.map(({ settings, model, provider }) => {
    const isElsewhere = columns.some(
      (other) => other.model?.label === model?.label && other.settings.model.providerId !== settings.model.providerId,
    );
    return [...(isElsewhere && provider ? [provider] : []), ...settingsWords(settings, model)].join(', ');
  });
  return names.map((label, i) => {
    const twins = names.flatMap((name, j) => (name === label ? [j] : []));
    if (twins.length === 1) return { label, detail: '' };
    const isTold = details[i] !== '' && twins.filter((j) => details[j] === details[i]).length === 1;
    return { label, detail: isTold ? (details[i] ?? '') : `${twins.indexOf(i) + 1}` };
  });
}
