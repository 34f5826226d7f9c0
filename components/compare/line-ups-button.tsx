import { Bookmark } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type { ThreadSettings } from '../../lib/conversation.ts';
import { lazyPanel } from '../ui/lazy-part.tsx';
import { MenuButton } from '../ui/menu-button.tsx';

const LineUps = lazyPanel(() => import('./line-ups.tsx'));

/** Opens the line-ups that this browser keeps. Before the first question one is taken in place, later in a new comparison. */
export function LineUpsButton(props: {
  columns: readonly ThreadSettings[];
  names: readonly string[];
  onBegin: ((columns: readonly ThreadSettings[]) => void) | undefined;
}) {
  const router = useRouter();
  return (
    <MenuButton
      label="Your line-ups"
      command="Your line-ups"
      icon={<Bookmark aria-hidden size={15} />}
      className="flex-none"
      panel="Your line-ups"
      tall
      onNear={LineUps.preload}
    >
      <LineUps
        columns={props.columns}
        names={props.names}
        onUse={({ name, columns }) =>
          props.onBegin ? props.onBegin(columns) : router.push(`/compare?lineup=${encodeURIComponent(name)}`)
        }
      />
    </MenuButton>
  );
}
