import { useEffect, useState } from 'react';
import { RequestFailed, requestJson } from './request-json.ts';

/** What is asked of the server when something is opened. */
export type Load<T> = { state: 'loading' } | { state: 'failed'; reason: string } | { state: 'ready'; value: T };

/** Reads a path of this server's API once, and again when it is another; `reason` is in words to show. */
export function useLoaded<T>(path: string): Load<T> {
  const [load, setLoad] = useState<Load<T>>({ state: 'loading' });
  useEffect(() => {
    let wanted = true;
    requestJson<T>('GET', path).then(
      (value) => wanted && setLoad({ state: 'ready', value }),
      (error) => {
        const reason = error instanceof RequestFailed ? error.message : 'Something went wrong in this page. Try again.';
        if (wanted) setLoad({ state: 'failed', reason });
      },
    );
    return () => {
      wanted = false;
    };
  }, [path]);
  return load;
}
