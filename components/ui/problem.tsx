import { X } from 'lucide-react';
import { IconButton } from './button.tsx';

/** Something went wrong that belongs to nothing else on the page; read aloud when it appears. */
export function Problem({ words, onDismiss }: { words: string; onDismiss: () => void }) {
  return (
    <div
      className="mb-2 flex items-center gap-2 rounded-md bg-danger-soft py-1 pr-1.5 pl-3.5 text-base text-danger"
      role="alert"
    >
      <span className="grow">{words}</span>
      <IconButton label="Dismiss" onClick={onDismiss}>
        <X aria-hidden size={15} />
      </IconButton>
    </div>
  );
}
