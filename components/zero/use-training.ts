import { useCallback, useEffect, useState } from 'react';
import { afterEvent, type KeptModel, type Training, type TrainingEvent } from '../../lib/zero/training.ts';
import { readEvents } from '../client/read-events.ts';
import { requestJson } from '../client/request-json.ts';

/** The training of this server as it was last heard of. */
export interface TrainingView {
  isAllowed: boolean;
  training: Training;
  kept: KeptModel[];
}

/** A stream that broke is joined again after this. */
const rejoinMs = 2_000;

/** The training of this server, whoever began it: read when the page opens or is come back to, and followed while it runs. */
export function useTraining() {
  const [view, setView] = useState<TrainingView | undefined>();
  const [problem, setProblem] = useState<string | undefined>();
  const [isLost, setIsLost] = useState(false);
  const read = useCallback(async () => {
    try {
      setView(await requestJson<TrainingView>('GET', '/api/zero/training'));
    } catch (error) {
      setProblem(wordsOf(error));
    }
  }, []);
  useEffect(() => {
    void read();
    const onFocus = () => void read();
    window.addEventListener('focus', onFocus);
    return () => window.removeEventListener('focus', onFocus);
  }, [read]);

  const isRunning = view?.training.state === 'running';
  useEffect(() => {
    if (!isRunning) return;
    const leaving = new AbortController();
    void follow(leaving.signal, {
      take: (event) => setView((before) => (before ? viewAfter(before, event) : before)),
      lost: setIsLost,
    });
    return () => leaving.abort();
  }, [isRunning]);

  const act = async (method: string, path: string, body?: unknown) => {
    setProblem(undefined);
    try {
      await requestJson(method, path, body);
      return true;
    } catch (error) {
      setProblem(wordsOf(error));
      return false;
    } finally {
      await read();
    }
  };
  return {
    ...{ view, problem, isLost },
    start: () => act('POST', '/api/zero/training'),
    stop: () => act('POST', '/api/zero/training/stop'),
    keep: (name: string) => act('POST', '/api/zero/training/keep', { name }),
    throwAway: () => act('DELETE', '/api/zero/training'),
    remove: (id: string) => act('DELETE', `/api/zero/models/${id}`),
  };
}

function viewAfter(view: TrainingView, event: TrainingEvent): TrainingView {
  if (event.type === 'stands') return { ...view, training: event.training, kept: event.kept };
  return { ...view, training: afterEvent(view.training, event) };
}

/** Reads the events until `signal` aborts; joins again where the stream broke. */
async function follow(
  signal: AbortSignal,
  on: { take: (event: TrainingEvent) => void; lost: (isLost: boolean) => void },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await fetch('/api/zero/training/events', { signal });
      if (response.ok && response.body) {
        on.lost(false);
        for await (const events of readEvents<TrainingEvent>(response.body, ['stands', 'step', 'evaluation'])) {
          for (const event of events) on.take(event);
        }
      }
    } catch {
      // it broke: told and joined again below, unless we left
    }
    if (signal.aborted) return;
    on.lost(true);
    await new Promise((resolve) => setTimeout(resolve, rejoinMs));
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'It did not work. Try again.';
}
