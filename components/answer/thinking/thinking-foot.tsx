'use client';

import { List, Maximize2, Minimize2, Search } from 'lucide-react';
import { textOfKind } from '../../../lib/stream-part.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ThinkingMenu, type ThinkingMenuProps } from './thinking-menu.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import type { ThinkingTools } from './thinking-tools.ts';

interface Shown {
  outline: boolean;
  find: boolean;
}

/** The bar under a thought: how much of it is in view, and what can be done with it. */
export function ThinkingFoot(props: {
  tools: ThinkingTools | undefined;
  /** There is more than is in view. */
  mapped: boolean;
  shown: Shown;
  onShow: (change: Partial<Shown>) => void;
  canExpand: boolean;
  expanded: boolean;
  onExpand: () => void;
  menu: ThinkingMenuProps;
}) {
  const { tools, shown, onShow, expanded, menu } = props;
  const pressed = 'aria-pressed:bg-accent/16 aria-pressed:text-accent';
  return (
    <Toolbar
      label="The thinking"
      className={`think-foot flex items-center gap-0.5 px-2 pb-1.5 print:hidden ${expanded ? 'sticky bottom-0 z-2 rounded-b-lg border-t border-think-line bg-[color-mix(in_oklab,var(--paper)_88%,var(--accent))] pt-1.5' : 'pt-0.5'}`}
      data-expanded={expanded || undefined}
    >
      {props.canExpand && (
        <Button tone="quiet" aria-pressed={expanded} data-resizes onClick={props.onExpand}>
          {expanded ? <Minimize2 aria-hidden size={14} /> : <Maximize2 aria-hidden size={14} />}
          <span className="@max-sm/think:sr-only">Full height</span>
        </Button>
      )}
      {tools && props.mapped && <tools.PlaceCount guide={tools.guide} />}
      <span className="grow" />
      {tools && (
        <>
          <IconButton
            label="Outline"
            className={pressed}
            aria-pressed={shown.outline}
            onClick={() => onShow({ outline: !shown.outline })}
          >
            <List aria-hidden size={15} />
          </IconButton>
          <IconButton
            label="Find in thinking"
            className={pressed}
            aria-pressed={shown.find}
            onClick={() => onShow({ find: !shown.find })}
          >
            <Search aria-hidden size={15} />
          </IconButton>
        </>
      )}
      <CopyButton label="Copy the thinking" textOf={() => textOfKind(menu.viewOf().state.segments, 'reasoning')} />
      <ThinkingMenu {...menu} />
    </Toolbar>
  );
}
