'use client';

import { ChevronDown, RotateCcw } from 'lucide-react';
import { useRef } from 'react';
import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { IconButton } from '../ui/button.tsx';
import { MenuButton, useClosePanel } from '../ui/menu-button.tsx';
import { readParameters } from './parameter-memory.ts';
import { lazyPanel } from '../ui/lazy-part.tsx';

const ModelList = lazyPanel(() => import('./model-list.tsx'));

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
  const { asking, onRetry } = props;
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    <span ref={anchor} className="inline-flex items-center print:hidden">
      {!props.onlyOthers && (
        <IconButton label="Ask again" onClick={() => onRetry()}>
          <RotateCcw aria-hidden size={15} />
        </IconButton>
      )}
      {asking && (
        <MenuButton
          label="Ask again with another model"
          className={props.onlyOthers ? 'px-1' : '-ml-1'}
          size={props.onlyOthers ? 'md' : 'narrow'}
          icon={
            <>
              {props.onlyOthers && <RotateCcw aria-hidden size={15} />}
              <ChevronDown aria-hidden size={13} />
            </>
          }
          anchor={anchor}
          panel="Ask again with"
          tall
        >
          <p className="px-3.5 pt-2.5 pb-0.5 text-sm text-ink-muted">Ask again with …</p>
          <Others value={props.value} asking={asking} onRetry={onRetry} />
        </MenuButton>
      )}
    </span>
  );
}

function Others(props: { value: ModelRef; asking: Asking; onRetry: (other: OtherModel) => void }) {
  const { value, asking, onRetry } = props;
  const close = useClosePanel();
  const choose = (model: ModelRef) => {
    close();
    onRetry({ model, sampling: readParameters(model).sampling });
  };
  return <ModelList providers={asking.providers} onProviders={asking.onProviders} value={value} onChoose={choose} />;
}
