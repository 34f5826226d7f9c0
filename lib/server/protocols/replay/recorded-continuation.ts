import type { Piece } from './wire.ts';

/** So much of a recording's beginning is looked for in a prompt. */
const probeLength = 24;
const closer = '</think>';

/**
 * What is left of a recording behind a beginning that was sent along with it, tags and all. A thought that was ended early
 * is followed by the recorded answer; a beginning of something else by all of it.
 */
export function piecesAfter(pieces: readonly Piece[], beginning: string): readonly Piece[] {
  const whole = textOf(pieces);
  if (whole.startsWith(beginning)) return dropText(pieces, beginning.length);
  const closed = beginning.indexOf(closer);
  const thought = pieces.filter(({ isReasoning }) => isReasoning);
  const answer = pieces.slice(thought.length);
  const isOver = closed >= 0;
  const begun = isOver ? beginning.slice(closed + closer.length) : '';
  if (isOver) return dropText(answer, lengthShared(textOf(answer), begun));
  const opened = beginning.replace(/^<think>/, '');
  return textOf(thought).startsWith(opened) ? dropText(pieces, opened.length) : pieces;
}

/** The end of a prompt that is the beginning of this recording; undefined where it holds none of it. */
export function beginningIn(prompt: string, pieces: readonly Piece[]): string | undefined {
  const probe = textOf(pieces.slice(0, probeLength)).slice(0, probeLength);
  const at = probe.length < probeLength ? -1 : prompt.lastIndexOf(probe);
  return at < 0 ? undefined : prompt.slice(at);
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}

/** How much of an answer was said already, whatever whitespace stands before it. */
function lengthShared(answer: string, begun: string): number {
  const said = begun.trimStart();
  if (said === '') return 0;
  const space = answer.length - answer.trimStart().length;
  return answer.startsWith(said, space) ? space + said.length : 0;
}

function dropText(pieces: readonly Piece[], length: number): Piece[] {
  let left = length;
  return pieces.flatMap((piece) => {
    const drop = Math.min(left, piece.text.length);
    left -= drop;
    return drop === piece.text.length && drop > 0 ? [] : [{ ...piece, text: piece.text.slice(drop) }];
  });
}
