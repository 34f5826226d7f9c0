import type { ModelInfo, ParameterName } from '../../../model.ts';
import { questionText, type QuestionKey } from './questions.ts';
import type { ReplayModelKey } from './transcript.ts';

/** Where `r1-budget` stops unless it is asked to go on for longer: in the middle of most thoughts. */
const budgetTokens = 240;

const shared = {
  providerId: 'replay',
  history: 'strip',
  promptTemplate: 'chat',
  continuation: 'recording',
  requestExtras: {},
  recording: true,
  // What was written down is what is said; only a limit may cut it short.
  parameters: { ignored: ['temperature', 'topP', 'seed', 'stop', 'effort', 'thinkingBudget'] as ParameterName[] },
} as const satisfies Partial<ModelInfo>;

/** What is advised for the open weights these recordings imitate (the R1 repository's README). */
const r1Advice: ModelInfo['advice'] = { temperature: 0.6, topP: 0.95, systemPrompt: 'avoid' };

/**
 * The recorded models. Nothing of them is a model's real output: every word was written for this app, in the form and the
 * manner of the model named. They cost nothing, so they have no price.
 */
export const replayModels: (ModelInfo & { key: ReplayModelKey })[] = [
  {
    ...shared,
    key: 'r1',
    id: 'r1',
    label: 'DeepSeek-R1 style',
    reasoning: { transport: 'inline', startsInReasoning: 'auto' },
    advice: r1Advice,
    limits: { contextTokens: 131_072, outputTokens: 65_536 },
    note: 'Thinking inside <think> tags, as the open weights write it.',
  },
  {
    ...shared,
    key: 'r1-field',
    id: 'r1-field',
    label: 'DeepSeek API style',
    reasoning: { transport: 'field', startsInReasoning: 'auto' },
    advice: { systemPrompt: 'ok' },
    limits: { contextTokens: 131_072, outputTokens: 65_536 },
    note: 'Thinking in a field of its own, with its token count reported.',
  },
  {
    ...shared,
    key: 'r1-zero',
    id: 'r1-zero',
    label: 'R1-Zero style',
    reasoning: { transport: 'inline', startsInReasoning: 'auto', answerTags: true },
    promptTemplate: 'r1-zero',
    advice: r1Advice,
    limits: { contextTokens: 131_072, outputTokens: 32_768 },
    note: 'Raw reinforcement learning: re-checks itself, mixes languages, answers inside <answer> tags.',
  },
  {
    ...shared,
    key: 'v3',
    id: 'v3',
    label: 'DeepSeek-V3 style',
    reasoning: { transport: 'none', startsInReasoning: false },
    advice: { systemPrompt: 'ok' },
    limits: { contextTokens: 131_072, outputTokens: 8_192 },
    note: 'Answers at once, without thinking: something to compare with.',
  },
  {
    ...shared,
    key: 'r1-budget',
    id: 'r1-budget',
    label: `DeepSeek-R1 style, ${budgetTokens} tokens`,
    reasoning: { transport: 'inline', startsInReasoning: 'auto' },
    advice: { ...r1Advice, maxTokens: budgetTokens },
    limits: { contextTokens: 131_072, outputTokens: 65_536 },
    note: 'Runs out of tokens while it thinks. Raise the limit and it gets to its answer.',
  },
];

function example(modelKey: ReplayModelKey, question: QuestionKey, label: string) {
  return { modelKey, question: questionText(question), label };
}

/** What the page of a new chat offers to click. Each is recorded for its model. */
export const exampleQuestions: { modelKey: ReplayModelKey; question: string; label: string }[] = [
  example('r1', 'codebases', 'Two people, three codebases'),
  example('r1-zero', 'root', 'An equation, and an aha'),
  example('r1', 'cubes', 'A proof by induction'),
  example('r1-field', 'twoSum', 'Code, and how fast it is'),
  example('r1-budget', 'power', 'Out of tokens in mid-thought'),
  example('r1', 'queens', 'A search of over 20,000 tokens'),
];
