'use client';

import { type ComponentProps, type KeyboardEvent, useEffect, useRef } from 'react';

const stepOf: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/**
 * Buttons that belong together: one stop of the Tab key, which is where one was last; the arrow keys, Home and End go
 * through them. What a button opens is no part of it.
 */
export function Toolbar({ label, ...rest }: Omit<ComponentProps<'div'>, 'ref'> & { label: string }) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = bar.current;
    if (!element) return;
    rove(element);
    // What is in it comes and goes by itself, and some of it late.
    const changes = new MutationObserver(() => rove(element));
    changes.observe(element, { childList: true, subtree: true, attributeFilter: ['disabled'] });
    // Where there is little room, some tools are hidden.
    const room = new ResizeObserver(() => rove(element));
    room.observe(element);
    return () => {
      changes.disconnect();
      room.disconnect();
    };
  }, []);
  return (
    <div
      ref={bar}
      role="toolbar"
      aria-label={label}
      onKeyDown={stepThrough}
      onFocus={(event) => rove(event.currentTarget, event.target)}
      {...rest}
    />
  );
}

function toolsOf(bar: HTMLElement): HTMLElement[] {
  return [...bar.querySelectorAll<HTMLElement>('button:not(:disabled), a[href]')].filter(
    (tool) => isOf(bar, tool) && tool.checkVisibility(),
  );
}

function isOf(bar: HTMLElement, element: Element): boolean {
  return element.closest('[popover], dialog, [role=toolbar]') === bar;
}

/** One tool is for the Tab key: this one, the one that was, or the first. */
function rove(bar: HTMLElement, wanted?: Element): void {
  const tools = toolsOf(bar);
  const stop = tools.find((tool) => tool === wanted) ?? tools.find((tool) => tool.dataset.stop !== undefined);
  for (const tool of tools) {
    const isStop = tool === (stop ?? tools[0]);
    if (isStop) tool.dataset.stop = '';
    else delete tool.dataset.stop;
    tool.tabIndex = isStop ? 0 : -1;
  }
}

function stepThrough(event: KeyboardEvent<HTMLDivElement>): void {
  const bar = event.currentTarget;
  if (!(event.target instanceof Element) || !isOf(bar, event.target) || event.altKey || event.ctrlKey || event.metaKey)
    return;
  const tools = toolsOf(bar);
  const at = tools.indexOf(event.target as HTMLElement);
  const step = stepOf[event.key];
  const to = step === undefined ? { Home: 0, End: tools.length - 1 }[event.key] : at + step;
  if (at === -1 || to === undefined) return;
  event.preventDefault();
  tools[(to + tools.length) % tools.length]?.focus();
}
