import type { SearchHit, SearchKind } from '../../lib/search/search.ts';
import type { Snippet } from '../../lib/search/snippet.ts';

/** What a hit is in, as it is called on the screen. */
export const kindWords: Record<SearchKind, string> = {
  title: 'title',
  question: 'question',
  file: 'file',
  reasoning: 'thinking',
  answer: 'answer',
};

/** A piece of a snippet: plain, or what was found. */
interface SnippetPiece {
  text: string;
  marked: boolean;
}

/** A snippet cut at its marks. */
export function piecesOf({ text, marks }: Snippet): SnippetPiece[] {
  const pieces: SnippetPiece[] = [];
  let from = 0;
  for (const { at, length } of marks) {
    if (at > from) pieces.push({ text: text.slice(from, at), marked: false });
    pieces.push({ text: text.slice(at, at + length), marked: true });
    from = at + length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), marked: false });
  return pieces;
}

/** What to look for in the opened text: the first mark, with those that follow it after a blank at most. */
export function foundWords({ text, marks }: Snippet): string {
  const [first, ...rest] = marks;
  if (!first) return '';
  let end = first.at + first.length;
  for (const { at, length } of rest) {
    if (at - end > 1 || text.slice(end, at).trim() !== '') break;
    end = at + length;
  }
  return text.slice(first.at, end);
}

/** Hits of one conversation under its title, in the order their first ones came. */
export function groupHits(hits: readonly SearchHit[]): { id: string; title: string; hits: SearchHit[] }[] {
  const groups = Map.groupBy(hits, (hit) => hit.conversationId);
  return [...groups].map(([id, of]) => ({ id, title: of[0]?.title ?? '', hits: of }));
}
