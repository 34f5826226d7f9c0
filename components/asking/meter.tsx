import type { ComponentProps, ReactNode } from 'react';
import { hasWindow } from '../conversation/model-choice.ts';
import { lazyPart } from '../ui/lazy-part.tsx';

const WindowMeter = lazyPart(() => import('./window-meter.tsx'));

/** What a composer shows under a question: how full the window is; undefined where no asked model's is known. */
export function meterOf(
  props: Omit<ComponentProps<typeof WindowMeter>, 'question'>,
): ((question: string) => ReactNode) | undefined {
  const { view, providers, threadIds } = props;
  const asked = view.threads.filter(({ id }) => threadIds.includes(id));
  const models = asked.map(({ settings }) => settings.model);
  if (!hasWindow(providers, models)) return undefined;
  return (question) => <WindowMeter {...props} question={question} />;
}
