'use client';

import { Component, type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { useCloseOnEscape } from './close-on-escape.ts';
import { missingParts, tellMissing, tryThrice } from './load-part.ts';
import { useObserved } from './observable.ts';

interface PartOptions<Props> {
  /** Stands there until it is loaded. */
  waiting?: (props: Props) => ReactNode;
  /** Stands there when it could not be loaded. */
  missing?: ReactNode;
  /** It could not be loaded: whoever opened it closes it, so that it can be opened again. */
  onMissing?: (props: Props) => void;
}

/** A component that is loaded when it is first shown; `preload` begins with that earlier. */
export type LazyPart<Props> = ComponentType<Props> & { preload: () => void };

/**
 * A component whose code comes when it is first shown. When that fails (the server is away, or has a new version) the page
 * stays as it is without it, says so (`missingParts`), and tries again when it is asked to.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  options: PartOptions<Props> = {},
): LazyPart<Props> {
  const fresh = () => lazy<ComponentType<object>>(async () => (await tryThrice(load)) as never); // as Props says below
  let Loaded = fresh();

  function Part(props: Props) {
    'use no memo'; // after a failure there is another one to load
    const attempt = useObserved(missingParts, (parts) => parts.attempt, 0);
    const onMissing = () => {
      Loaded = fresh();
      tellMissing();
      options.onMissing?.(props);
    };
    return (
      <PartBoundary attempt={attempt} instead={options.missing} onMissing={onMissing}>
        <Suspense fallback={options.waiting?.(props)}>
          <Loaded {...props} />
        </Suspense>
      </PartBoundary>
    );
  }
  Part.preload = () => void load().catch(() => undefined); // it is asked for again when it is shown
  return Part;
}

/** A part whose panel is open before it is there. */
export function lazyPanel<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyPart<Props> {
  return lazyPart(load, {
    waiting: () => <p className="p-4 text-base text-ink-muted">…</p>,
    missing: <p className="p-4 text-base text-ink-muted">This could not be loaded.</p>,
  });
}

/** Parts that are closed when they cannot be shown, or when Esc is pressed before they have come. */
export function lazyDialog<Props extends { onClose: () => void }>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyPart<Props> {
  return lazyPart(load, {
    waiting: ({ onClose }) => <AwaitedDialog onClose={onClose} />,
    onMissing: ({ onClose }) => onClose(),
  });
}

function AwaitedDialog({ onClose }: { onClose: () => void }) {
  useCloseOnEscape(true, onClose);
  return null;
}

interface BoundaryProps {
  attempt: number;
  instead: ReactNode;
  onMissing: () => void;
  children: ReactNode;
}

/** Keeps what went wrong inside it away from the page. */
class PartBoundary extends Component<BoundaryProps, { missing: boolean; attempt: number }> {
  override state = { missing: false, attempt: this.props.attempt };

  static getDerivedStateFromError() {
    return { missing: true };
  }

  static getDerivedStateFromProps({ attempt }: BoundaryProps, state: { attempt: number }) {
    return attempt === state.attempt ? null : { missing: false, attempt };
  }

  override componentDidCatch(): void {
    this.props.onMissing();
  }

  override render(): ReactNode {
    return this.state.missing ? this.props.instead : this.props.children;
  }
}
