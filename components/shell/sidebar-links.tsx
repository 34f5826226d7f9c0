'use client';

import {
  Braces,
  ChartColumnStacked,
  Columns2,
  FlaskConical,
  GraduationCap,
  type LucideIcon,
  Search,
  SquarePen,
} from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';

const line =
  'flex items-center gap-2.5 rounded-md px-3 py-2 text-left text-base text-ink-muted hover:bg-ink/6 hover:text-ink aria-[current=page]:bg-ink/6 aria-[current=page]:text-ink';

const pages: readonly { href: string; words: string; Icon: LucideIcon; prefetch?: false }[] = [
  { href: '/compare', words: 'Compare', Icon: Columns2, prefetch: false },
  { href: '/raw', words: 'Raw prompt', Icon: Braces },
  { href: '/compute', words: 'Compute', Icon: ChartColumnStacked, prefetch: false },
  { href: '/lab', words: 'Lab', Icon: FlaskConical, prefetch: false },
  { href: '/zero', words: 'How it learnt', Icon: GraduationCap, prefetch: false },
];

/** A new chat, the search, and the other pages. */
export function SidebarLinks(props: { onNavigate: () => void; onSearch: () => void }) {
  const pathname = usePathname();
  return (
    <div className="mx-2.5 mt-1 mb-2.5 flex flex-col gap-1">
      <Link
        href="/"
        className="mb-0.5 flex items-center gap-2.5 rounded-md border border-line px-3 py-2 text-base font-medium transition-colors hover:border-accent/45 hover:bg-surface aria-[current=page]:bg-surface aria-[current=page]:shadow-small"
        title="New chat (Ctrl+Shift+O)"
        aria-keyshortcuts="Control+Shift+O Meta+Shift+O"
        aria-current={pathname === '/' ? 'page' : undefined}
        onClick={props.onNavigate}
      >
        <SquarePen aria-hidden size={16} /> New chat
      </Link>
      <button
        type="button"
        className={line}
        title="Search (Ctrl+K)"
        aria-keyshortcuts="Control+K Meta+K"
        aria-haspopup="dialog"
        onClick={props.onSearch}
      >
        <Search aria-hidden size={16} /> Search
      </button>
      {pages.map(({ href, words, Icon, prefetch }) => (
        <Link
          key={href}
          href={href}
          prefetch={prefetch}
          className={line}
          aria-current={pathname === href ? 'page' : undefined}
          onClick={props.onNavigate}
        >
          <Icon aria-hidden size={16} /> {words}
        </Link>
      ))}
    </div>
  );
}
