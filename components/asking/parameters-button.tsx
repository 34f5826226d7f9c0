'use client';

import { SlidersHorizontal } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import type { ModelInfo } from '../../lib/model.ts';
import { differsFromAdvice } from '../../lib/parameters.ts';
import { Popover } from '../ui/popover.tsx';
import type { Parameters } from './parameter-memory.ts';

const ParametersForm = lazy(() => import('./parameters-form.tsx'));

/** The button for how a thread asks: its system prompt, its sampling. A dot says that it is not as the model is advised. */
export function ParametersButton(props: {
  settings: Parameters;
  /** Undefined while the model is not available. */
  model: ModelInfo | undefined;
  providerLabel: string;
  onChange: (parameters: Parameters) => void;
}) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  // A press on the button while the form is open closes it by itself first; that press must not open it again.
  const closedAt = useRef(0);
  const differs = props.model !== undefined && differsFromAdvice(props.model, props.settings);
  const name = differs ? 'Parameters: changed' : 'Parameters';

  const close = () => {
    closedAt.current = performance.now();
    setOpen(false);
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="picker-button parameters-button"
        data-differs={differs || undefined}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={name}
        title={name}
        onPointerEnter={() => void import('./parameters-form.tsx')}
        onClick={() => performance.now() - closedAt.current > 200 && setOpen(true)}
      >
        <SlidersHorizontal aria-hidden size={15} />
      </button>
      {open && (
        <Popover anchor={anchor} mode="auto" prefer="above" label="Parameters" className="picker" onClose={close}>
          <Suspense fallback={<p className="picker-empty">…</p>}>
            <ParametersForm {...props} differs={differs} />
          </Suspense>
        </Popover>
      )}
    </>
  );
}
