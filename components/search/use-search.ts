import { useEffect, useState } from 'react';
import type { SearchHit, SearchPage } from '../../lib/search/search.ts';
import { requestJson } from '../client/request-json.ts';

/** After the last letter, in ms. */
const patienceMs = 140;

export interface Found {
  query: string;
  hits: readonly SearchHit[];
  next?: string;
}

/** What is found of a query, a page at a time; while another is on its way, what the last one found. */
export function useSearch(wanted: string): { found: Found; problem: string | undefined; more: () => void } {
  const [found, setFound] = useState<Found>({ query: '', hits: [] });
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    if (wanted === '') return;
    let left = false;
    const timer = setTimeout(() => {
      ask(wanted).then(
        (page) => {
          if (left) return;
          setFound({ query: wanted, ...page });
          setProblem(undefined);
        },
        (error: unknown) => !left && setProblem(wordsOf(error)),
      );
    }, patienceMs);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [wanted]);

  const more = () => {
    if (found.next === undefined) return;
    ask(found.query, found.next).then(
      (page) =>
        setFound((now) =>
          now.next === found.next ? { ...page, query: now.query, hits: [...now.hits, ...page.hits] } : now,
        ),
      (error: unknown) => setProblem(wordsOf(error)),
    );
  };
  return { found, problem, more };
}

function ask(query: string, before?: string): Promise<SearchPage> {
  const words = new URLSearchParams({ q: query, limit: '20', ...(before !== undefined && { before }) });
  return requestJson<SearchPage>('GET', `/api/search?${words}`);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The search failed.';
}
