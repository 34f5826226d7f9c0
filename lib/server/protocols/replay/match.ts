/** R1-Zero's training template around a question; see the R1 paper's table 1. */
const rawPrompt =
  /^A conversation between User and Assistant\.[\s\S]*?<\/answer>\. User: ([\s\S]*?)\.?\s*Assistant:\s*(?:<think>\s*)?$/;

/** The last question of a prompt that was written by hand, in the usual ways to mark one. */
const marked =
  /(?:^|\n|<\|im_start\|>)(?:user\n|(?:User|Human|Question|Q):)([^\n]*?)(?:<\|im_end\|>)?\s*(?:<\|im_start\|>assistant|(?:Assistant|Answer|A):)?\s*(?:<think>\s*)?$/;

/** The same question looks the same after this: no case, no punctuation, single blanks, and none beside Han characters. */
export function normalizeQuestion(text: string): string {
  return text
    .replace(/[⁰¹²³⁴-⁹]+/g, ' $&') // or 7² would become 72 in the next line
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/(?<=\p{Script=Han}) | (?=\p{Script=Han})/gu, '')
    .trim();
}

/**
 * What the last user message of a request may mean as the question, most likely first: all of it; the last turn of what
 * R1-Zero's template was put around; the last paragraph of that, since a system prompt may stand before the question.
 */
export function questionCandidates(message: string): string[] {
  const wrapped = rawPrompt.exec(message.trim())?.[1];
  const asked = wrapped?.split('User: ').at(-1) ?? message;
  const lastParagraph =
    asked
      .trim()
      .split(/\n\s*\n/)
      .at(-1) ?? '';
  const byLabel = marked.exec(message.trim().slice(-4_000))?.[1];
  return [wrapped ?? message, asked, lastParagraph, ...(byLabel ? [byLabel] : [])];
}
