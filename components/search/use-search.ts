import { useEffect, useState } from 'react';
import type { SearchFilter, SearchHit, SearchPage } from '../../lib/search/search.ts';
import { requestJson } from '../client/request-json.ts';

/** After the last letter, in ms. */
const patienceMs = 140;
/** While the index is not whole, in ms. */
const againMs = 2_000;

export interface Found {
  query: string;
  hits: readonly SearchHit[];
  /** By conversation, what tells it from others of its title. */
  answered: NonNullable<SearchPage['answered']>;
  next?: string;
  indexing?: SearchPage['indexing'];
}

/**
 * What is found of a query, a page at a time; while another is on its way, what the last one found. While the index is not
 * whole, it is asked again.
 */
export function useSearch(
  wanted: string,
  filter: SearchFilter,
): { found: Found; problem: string | undefined; more: () => void } {
  const [found, setFound] = useState<Found>({ query: '', hits: [], answered: {} });
  const { kind, model, since } = filter;
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    if (wanted === '') return;
    let left = false;
    const look = () =>
      ask(wanted, { kind, model, since }).then(
        (page) => {
          if (left) return;
          setFound({ query: wanted, answered: {}, ...page });
          setProblem(undefined);
          if (page.indexing) timer = setTimeout(look, againMs);
        },
        (error: unknown) => !left && setProblem(wordsOf(error)),
      );
    let timer = setTimeout(look, patienceMs);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [wanted, kind, model, since]);

  const more = () => {
    if (found.next === undefined) return;
    ask(found.query, filter, found.next).then(
      (page) =>
        setFound((now) =>
          now.next === found.next
            ? {
                ...page,
                query: now.query,
                hits: [...now.hits, ...page.hits],
                answered: { ...now.answered, ...page.answered },
              }
            : now,
        ),
      (error: unknown) => setProblem(wordsOf(error)),
    );
  };
  return { found, problem, more };
}

type Wanted = { [Name in keyof SearchFilter]?: SearchFilter[Name] | undefined };

function ask(query: string, filter: Wanted, before?: string): Promise<SearchPage> {
  const words = new URLSearchParams({ q: query, limit: '20' });
  for (const [name, value] of Object.entries({ ...filter, before })) {
    if (value !== undefined) words.set(name, String(value));
  }
  return requestJson<SearchPage>('GET', `/api/search?${words}`);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The search failed.';
}
