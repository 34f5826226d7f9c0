'use client';

import SearchDialog from '../search/search-dialog.tsx';
import { applyTheme } from './theme-toggle.tsx';

/** The search with what the frame can do. */
export default function Palette(props: { onToggleSidebar: () => void; onKeys: () => void; onClose: () => void }) {
  return (
    <SearchDialog
      frame={[
        { words: 'Keyboard shortcuts', more: 'keys help', shortcut: 'keys', run: props.onKeys },
        { words: 'Show or hide the sidebar', more: 'conversations drawer', run: props.onToggleSidebar },
        { words: 'Appearance: light', more: 'theme', run: () => applyTheme('light') },
        { words: 'Appearance: dark', more: 'theme night', run: () => applyTheme('dark') },
        { words: 'Appearance: as the system', more: 'theme', run: () => applyTheme('system') },
      ]}
      onClose={props.onClose}
    />
  );
}
