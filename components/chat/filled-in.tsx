'use client';

import { type RefObject, useEffect, useEffectEvent } from 'react';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import type { ComposerHandle } from '../asking/composer.tsx';
import { canAsk } from '../conversation/model-choice.ts';
import { namedModel } from '../conversation/named-model.ts';

/** What the address of a new chat says: the words of its question, and who is to be asked. */
export interface FilledChat {
  text?: string;
  model?: string;
}

/**
 * Takes over what a link or another app has handed in. It only fills: whoever follows a link has asked nothing yet. What
 * was being written stays below it, and the address is a new chat's again, so that a reload does not fill it twice.
 */
export default function FilledIn(props: {
  filled: FilledChat;
  composer: RefObject<ComposerHandle | null>;
  providers: readonly ProviderModels[];
  onModel: (model: ModelRef) => void;
}) {
  const { text, model } = props.filled;
  const named = model === undefined ? undefined : namedModel(model, props.providers);
  const isThere = named !== undefined && canAsk(props.providers, named);
  const fill = useEffectEvent(() => {
    if (window.location.search === '') return;
    window.history.replaceState(null, '', '/');
    if (named && isThere) props.onModel(named);
    if (text) props.composer.current?.prepend(text);
  });
  useEffect(() => fill(), []);
  return (
    <p role="status" className="mt-2 px-3.5 text-center text-sm text-pretty text-ink-muted">
      {named && !isThere && `There is no model “${model}” here. `}
      {text && 'Filled in from a link: nothing is sent until you send it.'}
    </p>
  );
}
