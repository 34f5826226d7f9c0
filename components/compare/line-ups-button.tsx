import { Bookmark } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { lazy, Suspense } from 'react';
import type { ThreadSettings } from '../../lib/conversation.ts';
import { MenuButton } from '../ui/menu-button.tsx';

const LineUps = lazy(() => import('./line-ups.tsx'));

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
      onNear={() => void import('./line-ups.tsx')}
    >
      <Suspense fallback={<p className="p-4 text-base text-ink-muted">…</p>}>
        <LineUps
          columns={props.columns}
          names={props.names}
          onUse={({ name, columns }) =>
            props.onBegin ? props.onBegin(columns) : router.push(`/compare?lineup=${encodeURIComponent(name)}`)
          }
        />
      </Suspense>
    </MenuButton>
  );
}
