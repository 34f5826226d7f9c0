import { type ComponentProps, lazy, type ReactNode, Suspense } from 'react';
import { hasWindow } from '../conversation/model-choice.ts';

const WindowMeter = lazy(() => import('./window-meter.tsx'));

/** What a composer shows under a question: how full the window is; undefined where no asked model's is known. */
export function meterOf(
  props: Omit<ComponentProps<typeof WindowMeter>, 'question'>,
): ((question: string) => ReactNode) | undefined {
  const { view, providers, threadIds } = props;
  const asked = view.threads.filter(({ id }) => threadIds.includes(id));
  const models = asked.map(({ settings }) => settings.model);
  if (!hasWindow(providers, models)) return undefined;
  return (question) => (
    <Suspense>
      <WindowMeter {...props} question={question} />
    </Suspense>
  );
}
