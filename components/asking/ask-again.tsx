'use client';

import { ChevronDown, RotateCcw } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { IconButton } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import { readParameters } from './parameter-memory.ts';

const ModelList = lazy(() => import('./model-list.tsx'));

/** What may be asked of the models, where a question can be asked again. */
export interface Asking {
  providers: readonly ProviderModels[];
  onProviders: (providers: ProviderModels[]) => void;
}

/** Another model, asked this once. */
export type OtherModel = Pick<ThreadSettings, 'model' | 'sampling'>;

/** Asks again: the same model, or beside it another one out of the list. */
export function AskAgain(props: {
  /** Who answered. */
  value: ModelRef;
  asking: Asking | undefined;
  /** Another button asks the same model again. */
  onlyOthers: boolean;
  onRetry: (other?: OtherModel) => void;
}) {
  const { value, asking, onRetry } = props;
  const anchor = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <span ref={anchor} className="again">
      {!props.onlyOthers && (
        <IconButton label="Ask again" onClick={() => onRetry()}>
          <RotateCcw aria-hidden size={15} />
        </IconButton>
      )}
      {asking && (
        <IconButton
          label="Ask again with another model"
          className="again-with"
          aria-haspopup="dialog"
          aria-expanded={open}
          // the open panel closes by itself on a press outside it, before the click
          onPointerDown={(event) => open && event.preventDefault()}
          onClick={() => setOpen(!open)}
        >
          {props.onlyOthers && <RotateCcw aria-hidden size={15} />}
          <ChevronDown aria-hidden size={13} />
        </IconButton>
      )}
      {open && asking && (
        <Popover anchor={anchor} mode="auto" label="Ask again with" className="picker" onClose={() => setOpen(false)}>
          <p className="picker-title">Ask again with …</p>
          <Suspense fallback={<p className="picker-empty">…</p>}>
            <ModelList
              providers={asking.providers}
              onProviders={asking.onProviders}
              value={value}
              onChoose={(model) => {
                setOpen(false);
                onRetry({ model, sampling: readParameters(model).sampling });
              }}
            />
          </Suspense>
        </Popover>
      )}
    </span>
  );
}
