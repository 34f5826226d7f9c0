import { X } from 'lucide-react';
import Link from 'next/link';
import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { IconButton } from '../ui/button.tsx';
import { listPresets, type Preset } from './presets.ts';

/** Comparisons to begin with. One that cannot be had here can be pressed too, to hear why. */
export function PresetList(props: {
  providers: readonly ProviderModels[];
  /** The model of the first column. */
  current: ModelRef;
  onBegin: (columns: readonly ThreadSettings[]) => void;
  onRefuse: (preset: Preset) => void;
}) {
  return (
    <div className="compare-presets">
      <h1 className="compare-title">Compare</h1>
      {listPresets(props.providers, props.current).map((preset) => {
        const { id, label, note, columns } = preset;
        return (
          <button
            key={id}
            type="button"
            className="compare-preset"
            title={note}
            aria-description={note}
            data-off={!columns || undefined}
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
    <p className="compare-refused" role="status">
      <span>
        “{preset.label}” is not possible now. {preset.note} <Link href="/settings">Open settings</Link>
      </span>
      <IconButton label="Dismiss" onClick={onDismiss}>
        <X aria-hidden size={15} />
      </IconButton>
    </p>
  );
}
