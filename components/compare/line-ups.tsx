'use client';

import { KeptList } from '../asking/kept-list.tsx';
import { keptOf, type LineUp, lineUpsKey, parseLineUps, storeKept, withKept } from '../asking/kept-settings.ts';
import type { ThreadSettings } from '../../lib/conversation.ts';
import { useClosePanel } from '../ui/menu-button.tsx';
import { useStored } from '../ui/stored.ts';

/** Columns that this browser keeps under names, such as one's usual four. */
export default function LineUps(props: {
  columns: readonly ThreadSettings[];
  /** What the columns are called. */
  names: readonly string[];
  onUse: (lineUp: LineUp) => void;
}) {
  const { columns, names } = props;
  const lineUps = parseLineUps(useStored(lineUpsKey));
  const close = useClosePanel();
  const keep = (next: readonly LineUp[]) => storeKept(lineUpsKey, next);
  return (
    <KeptList
      title="Your line-ups"
      entries={lineUps}
      wordsOf={({ columns: of }) => of.map(({ model }) => model.modelKey).join(', ')}
      onUse={(lineUp) => {
        close();
        props.onUse(lineUp);
      }}
      onForget={({ name }) => keep(lineUps.filter((lineUp) => lineUp.name !== name))}
      saving="Keep these columns as"
      suggestedName={names.join(', ').slice(0, 80)}
      onSave={(name) =>
        keep(
          withKept(lineUps, { name, columns: columns.map((column) => ({ ...keptOf(column), model: column.model })) }),
        )
      }
    />
  );
}
