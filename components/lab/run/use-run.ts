import { useCallback, useEffect, useState } from 'react';
import type { LabRun, RunChange } from '../../../lib/lab/run.ts';
import { requestJson } from '../../client/request-json.ts';

/** So often a run that is under way is read again, in ms. */
const every = 1500;

export interface ShownRun {
  run?: LabRun;
  problem?: string;
  /** Sends a change and shows what the run is then. */
  change: (change: RunChange) => Promise<void>;
  /** Asks for something else that answers with the run. */
  ask: (method: string, path: string, body?: unknown) => Promise<void>;
}

/** A run, read again while it is under way. */
export function useRun(id: string): ShownRun {
  const path = `/api/lab/runs/${encodeURIComponent(id)}`;
  const [run, setRun] = useState<LabRun>();
  const [problem, setProblem] = useState<string>();
  const isMoving = run === undefined || ['piloting', 'running', 'pausing'].includes(run.state);
  useEffect(() => {
    if (!isMoving) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const read = async () => {
      try {
        const next = await requestJson<LabRun>('GET', path);
        if (gone) return;
        setRun(next);
        setProblem(undefined);
      } catch (error) {
        if (!gone) setProblem(wordsOf(error));
      }
      if (!gone) timer = setTimeout(() => void read(), every);
    };
    void read();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [path, isMoving]);
  const ask = useCallback(async (method: string, to: string, body?: unknown) => {
    try {
      setRun(await requestJson<LabRun>(method, to, body));
      setProblem(undefined);
    } catch (error) {
      setProblem(wordsOf(error));
    }
  }, []);
  const change = useCallback((what: RunChange) => ask('PATCH', path, what), [ask, path]);
  return { ...(run && { run }), ...(problem !== undefined && { problem }), change, ask };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The run could not be read.';
}
