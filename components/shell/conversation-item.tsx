'use client';

import { Columns2, Ellipsis } from 'lucide-react';
import Link from 'next/link';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import { useThoughtMark } from '../client/thoughts.ts';
import { useHanFont } from '../ui/han-font.ts';
import { keyOf } from '../ui/keys.ts';
import { MenuButton } from '../ui/menu-button.tsx';
import type { ConversationItemProps } from './item-menu.tsx';
import { type Clock, tellingFacts } from '../words/telling-facts.ts';
import { TitleField } from './title-field.tsx';
import { lazyDialog, lazyPanel, lazyPart } from '../ui/lazy-part.tsx';

const ItemMenu = lazyPanel(() => import('./item-menu.tsx'));
const ThoughtMarkView = lazyPart(() => import('./thought-mark.tsx'));
const ExportDialog = lazyDialog(() => import('./export-dialog.tsx'));

/** A conversation in the sidebar: its title, which can be changed in place (F2), and what else can be done with it. */
export function ConversationItem(props: ConversationItemProps) {
  const { conversation, active } = props;
  const { title } = conversation;
  useHanFont(title);
  const [renaming, setRenaming] = useState(false);
  const [exporting, setExporting] = useState(false);
  const item = useRef<HTMLLIElement>(null);
  const id = useId();

  const rename = (next: string | undefined) => {
    setRenaming(false);
    requestAnimationFrame(() => item.current?.querySelector('a')?.focus());
    if (next && next !== title) props.onChange(conversation, { title: next });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const key = keyOf(event);
    if (key !== 'F2' && key !== 'Delete') return;
    event.preventDefault();
    if (key === 'F2') return setRenaming(true);
    focusNeighbour(item.current);
    props.onDelete(conversation);
  };
  if (renaming) {
    return (
      <li ref={item}>
        <TitleField title={title} onDone={rename} />
      </li>
    );
  }
  return (
    <li
      ref={item}
      className="group/item relative flex items-center rounded-md pr-1 text-base hover:bg-ink/5 focus-within:bg-ink/5 data-active:bg-accent/13 data-active:font-medium forced-colors:data-active:outline"
      data-active={active || undefined}
    >
      {/* The link alone is named by the title, and pressed wherever the row is. */}
      <span className="min-w-0 flex-1 px-3 py-1.5">
        <Link
          href={`/c/${conversation.id}`}
          prefetch={false}
          aria-current={active ? 'page' : undefined}
          aria-keyshortcuts="F2 Delete"
          aria-describedby={id}
          className="block truncate after:absolute after:inset-0 after:rounded-md"
          dir="auto"
          title={title}
          onClick={props.onOpen}
          onDoubleClick={() => setRenaming(true)}
          onKeyDown={onKeyDown}
        >
          {conversation.threadCount > 1 && (
            <>
              <Columns2 aria-hidden size={13} className="mr-1.5 inline align-[-0.125em] opacity-60" />
              <span className="sr-only" dir="ltr">
                Comparison:{' '}
              </span>
            </>
          )}
          {title}
        </Link>
        <FactsLine id={id} conversation={conversation} clock={props.clock} />
      </span>
      {/* Where nothing hovers the dots are always there, quietly; an open menu keeps them in sight. */}
      <span className="relative hidden group-focus-within/item:flex group-hover/item:flex has-[[aria-expanded=true]]:flex group-data-active/item:flex pointer-coarse:flex pointer-coarse:opacity-60">
        <MenuButton
          label={`More about “${title}”`}
          icon={<Ellipsis aria-hidden size={16} />}
          popup="menu"
          onNear={ItemMenu.preload}
        >
          <ItemMenu {...props} onRename={() => setRenaming(true)} onExport={() => setExporting(true)} />
        </MenuButton>
      </span>
      {exporting && <ExportDialog conversationId={conversation.id} title={title} onClose={() => setExporting(false)} />}
    </li>
  );
}

/** By what a conversation can be told from others of its title: who answered, tokens of thinking, when; first, what runs. */
function FactsLine(props: { id: string; conversation: Conversation; clock: Clock }) {
  const { models, thinking, when } = tellingFacts(props.conversation, props.clock);
  const mark = useThoughtMark(props.conversation.id);
  const look = 'flex gap-1 text-xs font-normal whitespace-nowrap text-ink-muted tabular-nums';
  if (mark) {
    return (
      <span id={props.id} className={look}>
        <ThoughtMarkView mark={mark} />
      </span>
    );
  }
  return (
    <span id={props.id} className={look}>
      {models !== undefined && <span className="min-w-0 truncate">{models}</span>}
      {thinking !== undefined && (
        <span>
          · {thinking}
          <span className="sr-only"> tokens of thinking</span>
        </span>
      )}
      <span>
        {models !== undefined && '· '}
        {when}
      </span>
    </span>
  );
}

/** Whoever deletes by keyboard goes on from the next one. */
function focusNeighbour(item: HTMLLIElement | null): void {
  const links = [...(item?.closest('nav')?.querySelectorAll<HTMLElement>('li a') ?? [])];
  const at = links.findIndex((link) => item?.contains(link));
  (links[at + 1] ?? links[at - 1])?.focus();
}
