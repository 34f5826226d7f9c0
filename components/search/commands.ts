import type { ShortcutName } from '../client/shortcuts.ts';

/** Something that can be done from the search, told in words. */
export interface Command {
  words: string;
  /** Other words it is found by. */
  more?: string;
  shortcut?: ShortcutName;
  run: () => void;
}

/** Pages, by what they are called. */
const pages: readonly { words: string; href: string; more?: string; shortcut?: ShortcutName }[] = [
  { words: 'New chat', href: '/', more: 'ask question', shortcut: 'newChat' },
  { words: 'New comparison', href: '/compare', more: 'compare models columns' },
  { words: 'Raw prompt', href: '/raw', more: 'completion' },
  { words: 'Compute', href: '/compute', more: 'tokens cost usage charts log' },
  { words: 'Lab', href: '/lab', more: 'accuracy runs experiments' },
  { words: 'How it learnt', href: '/zero', more: 'training rewards grpo tiny' },
  { words: 'Settings', href: '/settings', more: 'providers keys models appearance data shares import' },
];

/**
 * All that can be done where one is: the pages, what the frame offers, and what the page that is looked at has marked with
 * `data-command`, also where a narrow screen has no room for it.
 */
export function listCommands(options: {
  go: (href: string) => void;
  frame: readonly Command[];
  /** The page that is looked at. */
  page: ParentNode;
}): Command[] {
  const { go, frame, page } = options;
  const marked = [...page.querySelectorAll<HTMLElement>('[data-command]:not(:disabled)')]
    .map((element) => ({ words: element.dataset.command ?? '', element, isShown: element.checkVisibility() }))
    .sort((a, b) => Number(a.isShown) - Number(b.isShown)); // of one name, what is seen is meant
  const here = [...new Map(marked.map(({ words, element }) => [words, element]))].map(([words, element]) => ({
    words,
    run: () => element.click(),
  }));
  return [...here, ...pages.map(({ href, ...page }) => ({ ...page, run: () => go(href) })), ...frame];
}

/** Those of which each word of the query begins a word. */
export function matchingCommands(commands: readonly Command[], query: string): Command[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [...commands];
  return commands.filter(({ words, more = '' }) => {
    const own = `${words} ${more}`.toLowerCase().split(/\s+/);
    return wanted.every((word) => own.some((one) => one.startsWith(word)));
  });
}
