/** Words and nothing else, but for the tokens of formulas: most paragraphs of thinking. They need no parser. */
const plainParagraph = /^(?![ \t]*(?:[-+=]|\d+[.)]))[^\\`*_~[\]<>#|&$@\n]+$/;

/** Whether a paragraph, without space around it, means exactly what it says. */
export function isPlain(text: string): boolean {
  return plainParagraph.test(text) && !/:\/\/|www\./i.test(text);
}
