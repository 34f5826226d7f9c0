'use client';

import { ChevronDown } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { Popover } from '../ui/popover.tsx';
import { findModel } from '../conversation/model-choice.ts';

const ModelList = lazy(() => import('./model-list.tsx'));

/** The button that names the model to be asked; its list is loaded when it is first opened. */
export function ModelPicker(props: {
  providers: readonly ProviderModels[];
  value: ModelRef | undefined;
  onChoose: (model: ModelRef) => void;
  onProviders: (providers: ProviderModels[]) => void;
}) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  // A press on the button while the list is open closes it by itself first; that press must not open it again.
  const closedAt = useRef(0);
  const found = findModel(props.providers, props.value);
  const name = found?.model.label ?? props.value?.modelKey ?? 'No model';

  const close = () => {
    closedAt.current = performance.now();
    setOpen(false);
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="picker-button"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`Model: ${name}. Choose another.`}
        onPointerEnter={() => void import('./model-list.tsx')}
        onClick={() => performance.now() - closedAt.current > 200 && setOpen(true)}
      >
        <span className="truncate">{name}</span>
        {found?.model.recording && <span className="tag">Recording</span>}
        {!found && props.value && <span className="tag">not available</span>}
        <ChevronDown aria-hidden size={14} className="shrink-0 opacity-60" />
      </button>
      {open && (
        <Popover anchor={anchor} mode="auto" prefer="above" label="Choose a model" className="picker" onClose={close}>
          <Suspense fallback={<p className="picker-empty">…</p>}>
            <ModelList
              {...props}
              onChoose={(model) => {
                close();
                props.onChoose(model);
                anchor.current?.focus();
              }}
            />
          </Suspense>
        </Popover>
      )}
    </>
  );
}
