'use client';

import { isMac, keyWords } from '../client/key-words.ts';
import { type ShortcutName, shortcuts } from '../client/shortcuts.ts';
import { Dialog } from '../ui/dialog.tsx';

/** What each key does, and where; one that is not told here does not compile. */
const does: Record<ShortcutName, string> = {
  search: 'Search, and all that can be done',
  newChat: 'A new chat',
  keys: 'This sheet',
  send: 'Send the question; in Settings one says which',
  newLine: 'A new line in the question',
  stop: 'Stop the answer; close what is open',
  thought: 'Into the thinking of the answer, and back',
  find: 'Find in the conversation',
  findInThought: 'Find in the thinking, while one is in it',
  column: 'The column before or after, in a comparison',
  tools: 'From button to button: tools of an answer, points of a chart',
  rename: 'Rename the conversation, in the list',
  delete: 'Delete the conversation, in the list',
};

const groups: readonly { title: string; names: readonly ShortcutName[] }[] = [
  { title: 'Everywhere', names: ['search', 'newChat', 'keys'] },
  { title: 'Asking', names: ['send', 'newLine', 'stop'] },
  { title: 'Reading', names: ['thought', 'find', 'findInThought', 'column', 'tools'] },
  { title: 'The list of conversations', names: ['rename', 'delete'] },
];

/** All keys, made of the table that the page obeys. */
export default function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" width="sm" onClose={onClose}>
      {groups.map(({ title, names }) => (
        <section key={title} aria-label={title}>
          <h3 className="pb-1 text-sm font-semibold text-ink-muted">{title}</h3>
          <dl className="flex flex-col text-base">
            {names.map((name) => (
              <div key={name} className="flex items-baseline justify-between gap-4 border-t border-line py-1.5">
                <dt>{does[name]}</dt>
                <dd className="flex flex-none gap-1.5">
                  {shortcuts[name].map((combination) => (
                    <kbd
                      key={combination}
                      className="rounded-sm border border-line bg-sunken px-1.5 py-px font-sans text-xs whitespace-nowrap"
                    >
                      {keyWords(combination, isMac())}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
