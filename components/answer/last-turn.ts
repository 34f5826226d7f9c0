/** Of a screen, what a long question leaves to the line of the thought that follows it. */
const shareOfQuestion = 0.6;
/** Above the question, in px. */
const roomAbove = 16;

/**
 * Where the last turn of a list begins: by how many px its box must scroll so that its question is at the top, with the
 * line of its thinking in view. Undefined before there is one.
 */
export function placeOfLastTurn(list: HTMLElement, box: HTMLElement): number | undefined {
  const turn = [...list.querySelectorAll<HTMLElement>('.turn')].at(-1);
  if (!turn) return undefined;
  const { top, height } = box.getBoundingClientRect();
  const answer = turn.querySelector('.answer')?.getBoundingClientRect().top;
  const question = turn.getBoundingClientRect().top - top - roomAbove;
  return answer === undefined ? question : Math.max(question, answer - top - height * shareOfQuestion);
}
