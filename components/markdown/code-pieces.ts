import { createContext } from 'react';
import { type Cut, readCode } from '../../lib/markdown/blocks.ts';

/** The whole code of which the block at `start` is the first piece, exactly as the model wrote it. */
export const CodePieces = createContext<(start: number) => string>(() => '');

/** Joins the pieces of long code again. */
export function piecesFrom(cut: Cut, start: number): string {
  const blocks = cut.open ? [...cut.closed, cut.open] : cut.closed;
  const at = blocks.findIndex((block) => block.start === start);
  const first = blocks[at];
  if (!first) return '';
  let text = first.text;
  for (let i = at + 1; blocks[i]?.kind === 'code' && blocks[i]?.continued; i++) text += blocks[i]?.text ?? '';
  return readCode({ ...first, text }).code;
}
