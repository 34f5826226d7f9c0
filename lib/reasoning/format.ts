import type { FormatHealth, FormatProblem } from '../health.ts';
import type { PromptTemplateId } from '../model.ts';
import type { Outcome, Segment } from '../stream-part.ts';
import type { SplitterOptions } from '@thinkglass/splitter';
import { usualThinkTags } from './splitter-options.ts';

/** What a model wrote and how it was split. */
export interface FormatInput {
  /** The message as the splitter has it. */
  segments: readonly Segment[];
  /** All text of the content channel, as it came. */
  content: string;
  /** Whether the server sent thinking in a field of its own. */
  hasField: boolean;
  outcome: Outcome;
  template: PromptTemplateId;
  /** Whether this model is known to think where it can be seen. */
  isExpected: boolean;
  splitter: Pick<SplitterOptions, 'startsInReasoning' | 'thinkTags' | 'completion'>;
}

/**
 * R1's format reward as a yes or no: one well-formed thought between think tags, then an answer, and nothing outside;
 * under R1-Zero's template the answer stands between answer tags (arXiv:2501.12948, section 2.2.2 and table 1).
 *
 * A tag counts when the splitter took it for one: what stands in the model's text and not in the message any more was
 * markup, and a mention of a tag is still there. An opening tag may be missing where the prompt can have written it:
 * chat templates do, ours says whether it does.
 * @returns undefined when nothing can be said: it was stopped or failed, or this model thinks elsewhere or not at all.
 */
export function judgeFormat(input: FormatInput): FormatHealth | undefined {
  if (input.outcome !== 'complete') return undefined;
  const seen = look(input);
  if (!input.isExpected && !seen.hasThinking && seen.tags.open + seen.tags.close === 0) return undefined;
  const problems = input.hasField ? problemsOfField(seen) : problemsOfTags(input, seen);
  return { ok: problems.length === 0, basis: input.hasField ? 'field' : 'tags', problems };
}

interface Seen {
  hasThinking: boolean;
  hasAnswer: boolean;
  /** How often each tag was taken for markup. */
  tags: { open: number; close: number; answerOpen: number; answerClose: number };
  /** Segments with text, in order. */
  kinds: Segment['kind'][];
}

function look({ segments, content, splitter }: FormatInput): Seen {
  const texts = segments.filter((s) => s.text !== '');
  const taken = (pattern: RegExp) =>
    Math.max(0, countOf(content, pattern) - texts.reduce((sum, s) => sum + countOf(s.text, pattern), 0));
  const pairs = splitter.thinkTags ?? [usualThinkTags];
  return {
    hasThinking: texts.some((s) => s.kind === 'reasoning'),
    hasAnswer: texts.some((s) => s.kind === 'answer'),
    tags: {
      open: taken(patternOf(pairs.map(([open]) => open))),
      close: taken(patternOf(pairs.map(([, close]) => close))),
      answerOpen: taken(patternOf(['<answer>'])),
      answerClose: taken(patternOf(['</answer>'])),
    },
    kinds: texts.map((s) => s.kind),
  };
}

function problemsOfField({ hasThinking, hasAnswer }: Seen): FormatProblem[] {
  return [...(hasThinking ? [] : ['no-thinking' as const]), ...(hasAnswer ? [] : ['no-answer' as const])];
}

function problemsOfTags({ template, splitter }: FormatInput, seen: Seen): FormatProblem[] {
  const { hasThinking, hasAnswer, tags, kinds } = seen;
  const problems = new Set<FormatProblem>();
  const firstThought = kinds.indexOf('reasoning');
  const lastThought = kinds.lastIndexOf('reasoning');
  if (firstThought > 0) problems.add('text-before');
  if (!hasThinking) problems.add('no-thinking');
  if (hasThinking && tags.open === 0 && isOpenerDue(template, splitter)) problems.add('no-opening-tag');
  if (hasThinking && tags.close === 0) problems.add('no-closing-tag');
  if (tags.open > 1 || tags.close > 1 || firstThought !== lastThought) problems.add('two-thoughts');
  if (!hasAnswer) problems.add('no-answer');
  if (hasAnswer && isAnswerTagged(template)) {
    const answers = kinds.slice(lastThought + 1).filter((kind) => kind === 'answer').length;
    if (tags.answerOpen === 0) problems.add('no-answer-tags');
    else if (tags.answerClose === 0) problems.add('answer-not-closed');
    if (tags.answerOpen > 1) problems.add('two-answers');
    else if (tags.answerOpen === 1 && answers > 1) problems.add('text-outside');
  }
  if (kinds.includes('discarded')) problems.add('invented-turn');
  return [...problems];
}

/** R1-Zero's templates name the answer tags. */
function isAnswerTagged(template: PromptTemplateId): boolean {
  return template === 'r1-zero' || template === 'r1-zero-raw';
}

/** In a raw completion the prompt is known to the last character, so a tag it does not have must come from the model. */
function isOpenerDue(template: PromptTemplateId, { startsInReasoning }: FormatInput['splitter']): boolean {
  const isRaw = template === 'raw' || template === 'r1-zero-raw';
  return isRaw && startsInReasoning !== true;
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** As the splitter reads them: `<name>` in any letter case and with attributes, anything else as it stands. */
function patternOf(spellings: readonly string[]): RegExp {
  const sources = spellings.map((spelling) => {
    const name = /^<(\/?)([\w-]+)>$/.exec(spelling);
    return name
      ? `<\\s{0,8}${name[1] ?? ''}\\s{0,8}${name[2]}(?:\\s[^<>]{0,200})?>`
      : spelling.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(sources.join('|'), 'gi');
}
