import { formatCount } from '../../lib/quantity-words.ts';
import type { SearchHit, SearchKind, SearchPage } from '../../lib/search/search.ts';
import type { Snippet } from '../../lib/search/snippet.ts';

/** What a hit is in, as it is called on the screen. */
export const kindWords: Record<SearchKind, string> = {
  title: 'title',
  question: 'question',
  file: 'file',
  reasoning: 'thinking',
  answer: 'answer',
};

/** That more may be found in a while. */
export function indexingWords({ done, total }: NonNullable<SearchPage['indexing']>): string {
  return `Still indexing, ${formatCount(done)} of ${formatCount(total)} messages: more may be found.`;
}

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

/**
 * Hits of one conversation under its title, in the order their first ones came. A question that went to several columns is
 * told once, and a title that only is the beginning of its question is not told beside it.
 */
export function groupHits(hits: readonly SearchHit[]): HitGroup[] {
  const groups = Map.groupBy(hits, (hit) => hit.conversationId);
  return [...groups].map(([id, of]) => {
    const questions = new Set<string>();
    const told = of.filter(({ kind, snippet }) => {
      if (kind !== 'question') return true;
      const isNew = !questions.has(snippet.text);
      questions.add(snippet.text);
      return isNew;
    });
    const isTold = ({ kind, snippet }: SearchHit) =>
      kind === 'title' && [...questions].some((question) => isBeginning(snippet.text, question));
    const [first] = of;
    return {
      id,
      title: first?.title ?? '',
      updatedAt: first?.updatedAt ?? 0,
      hits: told.filter((hit) => !isTold(hit)),
    };
  });
}

export interface HitGroup {
  id: string;
  title: string;
  /** Epoch ms. */
  updatedAt: number;
  hits: SearchHit[];
}

/** Both may have been cut: a title at its end, a snippet at both. */
function isBeginning(title: string, question: string): boolean {
  const bare = (text: string) => text.replace(/^…|…$/g, '').replace(/\s+/g, ' ').trim();
  const [a, b] = [bare(title), bare(question)];
  return a !== '' && b !== '' && (a.includes(b) || b.includes(a));
}
