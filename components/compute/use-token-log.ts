import { useEffect, useState } from 'react';
import type { ShownTokenLog } from '../../lib/token-log.ts';
import { requestJson } from '../client/request-json.ts';
import { addressOf, type ComputeView, parseView, queryOf } from './address.ts';

export interface LoadedLog {
  /** Of the view it was asked for with; kept while the next one is read. */
  log: ShownTokenLog;
  /** What the API was asked: the files are of the same. */
  query: string;
}

export type TokenLogState = { loaded?: LoadedLog; loading: boolean; problem?: string; reload: () => void };

/** The figures of a view, read again whenever it changes. */
export function useTokenLog(view: ComputeView): TokenLogState {
  const address = addressOf(view);
  const [tries, setTries] = useState(0);
  const [state, setState] = useState<{ address: string; tries: number; loaded?: LoadedLog; problem?: string }>();
  useEffect(() => {
    let gone = false;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
    const query = queryOf(parseView(new URL(address, 'http://here').searchParams), Date.now(), zone);
    requestJson<ShownTokenLog>('GET', `/api/usage?${query}`).then(
      (log) => !gone && setState({ address, tries, loaded: { log, query } }),
      (error: unknown) => {
        if (gone) return;
        const problem = error instanceof Error ? error.message : 'The figures could not be read.';
        setState((last) => ({ address, tries, problem, ...(last?.loaded && { loaded: last.loaded }) }));
      },
    );
    return () => {
      gone = true;
    };
  }, [address, tries]);
  return {
    loading: state?.address !== address || state.tries !== tries,
    ...(state?.loaded && { loaded: state.loaded }),
    ...(state?.problem && { problem: state.problem }),
    reload: () => setTries(tries + 1),
  };
}
