import { useEffect, useRef, useState } from 'react';
import { type Asked, askTexts, type TextsRequest } from './ask-texts.ts';

/** Texts that are asked for at a press; a new press, or leaving, ends those before. */
export function useTexts() {
  const [asked, setAsked] = useState<Asked | undefined>();
  const [problem, setProblem] = useState<string | undefined>();
  const [isAsking, setIsAsking] = useState(false);
  const going = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => going.current?.abort(), []);
  const ask = async (request: TextsRequest) => {
    going.current?.abort();
    const own = new AbortController();
    going.current = own;
    setAsked(undefined);
    setProblem(undefined);
    setIsAsking(true);
    try {
      await askTexts(request, own.signal, (now) => !own.signal.aborted && setAsked(now));
    } catch (error) {
      if (!own.signal.aborted) setProblem(error instanceof Error ? error.message : 'It did not work. Ask again.');
    } finally {
      if (going.current === own) setIsAsking(false);
    }
  };
  return { asked, problem, isAsking, ask, stop: () => going.current?.abort() };
}
