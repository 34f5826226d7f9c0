/** R1-Zero's training template around a question; see the R1 paper's table 1. */
const rawPrompt =
  /^A conversation between User and Assistant\.[\s\S]*?<\/answer>\. User: ([\s\S]*?)\.?\s*Assistant:\s*(?:<think>\s*)?$/;

/** The same question looks the same after this: no case, no punctuation, no white space but single blanks. */
export function normalizeQuestion(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/**
 * What the last user message of a request may mean as the question, most likely first: all of it (of what R1-Zero's
 * template was put around, if it was), the last turn of it, and its last paragraph, since a system prompt may stand before.
 */
export function questionCandidates(message: string): string[] {
  const asked = rawPrompt.exec(message.trim())?.[1] ?? message;
  const lastTurn = asked.split('User: ').at(-1) ?? '';
  const lastParagraph = asked.trim().split(/\n\s*\n/).at(-1) ?? '';
  return [asked, lastTurn, lastParagraph];
}
