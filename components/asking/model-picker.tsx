'use client';

import { ChevronDown } from 'lucide-react';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { MenuButton, useClosePanel } from '../ui/menu-button.tsx';
import { findModel, tellingPlace } from '../conversation/model-choice.ts';
import { Tag } from '../ui/tag.tsx';
import { lazyPanel, lazyPart } from '../ui/lazy-part.tsx';

const KeepFresh = lazyPart(() => import('./keep-fresh.tsx'));
const ModelList = lazyPanel(() => import('./model-list.tsx'));

interface ModelPickerProps {
  providers: readonly ProviderModels[];
  value: ModelRef | undefined;
  onChoose: (model: ModelRef) => void;
  onProviders: (providers: ProviderModels[]) => void;
}

/** The button that names the model to be asked; its list is loaded when it is first opened. */
export function ModelPicker(props: ModelPickerProps) {
  const found = findModel(props.providers, props.value);
  const name = found?.model.label ?? props.value?.modelKey ?? 'No model';
  const place = found && tellingPlace(props.providers, found);
  const state = found?.group.provider.status.state;
  const away =
    state === 'ready' || state === 'asleep'
      ? undefined
      : found
        ? awayWords[state ?? '']
        : props.value && 'not available';
  return (
    <>
      {away && <KeepFresh providers={props.providers} onProviders={props.onProviders} />}
      <MenuButton
        look="pill"
        // what is seen on it is in its name too
        label={`Model: ${[name, place, found?.model.recording && 'Recording', away].filter(Boolean).join(', ')}. Choose another.`}
        {...(place && { title: `${name}, at ${place}` })}
        icon={
          <>
            <span className="truncate">{name}</span> {place && <span className="truncate text-ink-muted">{place}</span>}{' '}
            {/* On a phone the tools beside it leave it room for a name, not for more. */}
            <span className="inline-flex empty:hidden in-[.composer]:max-sm:hidden">
              {found?.model.recording && (
                <span className="@max-xs:hidden">
                  <Tag>Recording</Tag>
                </span>
              )}
              {away && <Tag>{away}</Tag>}
            </span>
            <ChevronDown aria-hidden size={14} className="shrink-0 opacity-60" />
          </>
        }
        command="Choose a model"
        panel="Choose a model"
        tall
        prefer="above"
        onNear={ModelList.preload}
      >
        <Choices {...props} />
      </MenuButton>
    </>
  );
}

/** How the server of the chosen model is, where that is not simply there. */
const awayWords: Record<string, string> = { loading: 'loading', locked: 'wants a key', unreachable: 'not reachable' };

function Choices(props: ModelPickerProps) {
  const close = useClosePanel();
  const choose = (model: ModelRef) => {
    close();
    props.onChoose(model);
  };
  return <ModelList {...props} onChoose={choose} />;
}
