import { Bookmark, X } from 'lucide-react';
import Link from 'next/link';
import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { lineUpsKey, parseLineUps } from '../asking/kept-settings.ts';
import { IconButton } from '../ui/button.tsx';
import { useStored } from '../ui/stored.ts';
import { listPresets, type Preset } from './presets.ts';

const pill =
  'max-w-56 flex-none truncate rounded-full border border-line px-3 py-1 text-sm font-medium text-ink-muted transition-colors pointer-coarse:min-h-9';

/** Comparisons to begin with, those that this browser keeps first. One that cannot be had here can be pressed too, to hear why. */
export function PresetList(props: {
  providers: readonly ProviderModels[];
  /** The model of the first column. */
  current: ModelRef;
  onBegin: (columns: readonly ThreadSettings[]) => void;
  onRefuse: (preset: Preset) => void;
}) {
  const lineUps = parseLineUps(useStored(lineUpsKey));
  return (
    <div className="flex min-w-0 items-center gap-1.5 overflow-x-auto scrollbar-none">
      <h1 className="flex-none pr-2.5 pl-1.5 text-md font-semibold max-md:sr-only">Compare</h1>
      {lineUps.map(({ name, columns }) => (
        <button
          key={name}
          type="button"
          className={`${pill} hover:border-accent/45 hover:text-ink`}
          title={columns.map(({ model }) => model.modelKey).join(', ')}
          onClick={() => props.onBegin(columns)}
        >
          <Bookmark aria-hidden size={13} className="mr-1.5 inline align-[-0.125em]" />
          {name}
        </button>
      ))}
      {listPresets(props.providers, props.current).map((preset) => {
        const { id, label, note, columns } = preset;
        return (
          <button
            key={id}
            type="button"
            className={`${pill} ${columns ? 'hover:border-accent/45 hover:text-ink' : 'border-dashed'}`}
            title={note}
            aria-description={note}
            onClick={() => (columns ? props.onBegin(columns) : props.onRefuse(preset))}
          >
            {label}
          </button>
        );
      })}
    </div>
  );
}

/** Why a comparison cannot be had here, and the way to Settings. */
export function RefusedPreset({ preset, onDismiss }: { preset: Preset; onDismiss: () => void }) {
  return (
    <p
      className="flex flex-none items-center justify-between gap-3 border-line border-t bg-sunken py-1 pr-2 pl-4.5 text-sm print:hidden"
      role="status"
    >
      <span>
        “{preset.label}” is not possible now. {preset.note}{' '}
        <Link href="/settings" className="text-accent underline underline-offset-2">
          Open settings
        </Link>
      </span>
      <IconButton label="Dismiss" onClick={onDismiss}>
        <X aria-hidden size={15} />
      </IconButton>
    </p>
  );
}
