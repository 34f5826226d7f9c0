'use client';

import { SlidersHorizontal } from 'lucide-react';
import type { ModelInfo } from '../../lib/model.ts';
import { differsFromAdvice } from '../../lib/parameters.ts';
import { MenuButton } from '../ui/menu-button.tsx';
import type { Parameters } from './parameter-memory.ts';
import { lazyPanel } from '../ui/lazy-part.tsx';

const ParametersForm = lazyPanel(() => import('./parameters-form.tsx'));

/** The button for how a thread asks: its system prompt, its sampling. A dot says that it is not as the model is advised. */
export function ParametersButton(props: {
  settings: Parameters;
  /** Undefined while the model is not available. */
  model: ModelInfo | undefined;
  providerLabel: string;
  onChange: (parameters: Parameters) => void;
}) {
  const differs = props.model !== undefined && differsFromAdvice(props.model, props.settings);
  const name = differs ? 'Parameters: changed' : 'Parameters';
  return (
    <MenuButton
      look="pill"
      label={name}
      title={name}
      icon={
        <span className="relative">
          <SlidersHorizontal aria-hidden size={15} />
          {differs && (
            <span className="absolute -top-1 -right-1.5 size-1.75 rounded-full bg-accent forced-colors:bg-[Highlight]" />
          )}
        </span>
      }
      className="shrink-0"
      command="Parameters"
      panel="Parameters"
      tall
      prefer="above"
      onNear={ParametersForm.preload}
    >
      <ParametersForm {...props} differs={differs} />
    </MenuButton>
  );
}
