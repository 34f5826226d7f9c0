import type { Health } from '../../lib/health.ts';
import { formatCount, formatShare, language as pageLanguage } from '../../lib/quantity-words.ts';
import { describeFormatProblem } from '../../lib/reasoning/format-words.ts';

/** A little below 1 is a name or a quotation. */
const consistent = 0.98;

/** One sign of how a thought went, in a word or two. */
export interface HealthSign {
  name: string;
  value: string;
  /** Nothing to see, worth a look, or neither good nor bad. */
  tone: 'fine' | 'notable' | 'none';
}

/** The signs of a thought's health, in the order in which they are told. */
export function healthSignsOf({ format, language, repetition, rethinks }: Health): HealthSign[] {
  const signs: HealthSign[] = [];
  if (format) {
    const [problem] = format.problems;
    signs.push({
      name: 'Format',
      value: format.ok ? 'ok' : problem === undefined ? 'not ok' : describeFormatProblem(problem),
      tone: format.ok ? 'fine' : 'notable',
    });
  }
  if (language) {
    const { share, expected } = language;
    signs.push({
      name: 'Language',
      value: `${formatShare(share)} ${expectedLanguage(expected)}`,
      tone: share >= consistent ? 'fine' : 'notable',
    });
  }
  if (repetition) {
    const { loop, share } = repetition;
    signs.push({
      name: loop ? 'Loop' : 'Repetition',
      value: loop ? `${loop.times} times` : formatShare(share),
      tone: loop ? 'notable' : 'none',
    });
  }
  if (rethinks) signs.push({ name: 'Re-thinks', value: formatCount(rethinks.count), tone: 'none' });
  return signs;
}

/** The question's language, or where that is not certain its script. */
export function expectedLanguage(expected: { language?: string; script: string }): string {
  return expected.language ? languageName(expected.language) : `${expected.script} script`;
}

/** A language by its code, or a script by its name. */
export function languageName(code: string): string {
  if (code.length > 3) return `${code} script`;
  try {
    return new Intl.DisplayNames(pageLanguage, { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}
