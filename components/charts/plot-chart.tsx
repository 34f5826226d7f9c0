'use client';

import type { PlotOptions } from '@observablehq/plot';
import { type MouseEvent, useEffect, useRef, useState } from 'react';
import './charts.css';

/** The chart library, which is loaded when the first chart is drawn. */
export type PlotLibrary = typeof import('@observablehq/plot');

/**
 * A chart, redrawn when its width changes. `label` says in a sentence what it shows: the picture itself is not read aloud, so
 * whoever uses this gives a table too. Marks with links are one stop of the Tab key, the arrow keys go through them, each
 * shows its tip then, and is read aloud by its `ariaLabel`.
 */
export function PlotChart(props: {
  label: string;
  draw: (plot: PlotLibrary, width: number) => PlotOptions;
  /** A mark with a link was pressed; without it the browser follows the link. */
  onOpen?: (href: string) => void;
}) {
  const { label, draw, onOpen } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const plot = usePlot();
  useEffect(() => {
    if (!box.current || !plot || width === 0) return;
    box.current.replaceChildren(drawReachable(plot, draw(plot, width), label));
  }, [plot, draw, width, label]);

  const open = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const href = link?.getAttribute('href') ?? link?.getAttributeNS('http://www.w3.org/1999/xlink', 'href');
    if (!href || !onOpen || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(href);
  };
  // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: the same links are in the table beside it
  return <div className="plot min-h-48" ref={box} onClick={open} />;
}

/**
 * The library writes a style element, which the page's policy would refuse once it is in the page; charts.css has its
 * rules. It names parts of the drawing too, which are no parts to anybody who listens.
 */
function drawReachable(plot: PlotLibrary, options: PlotOptions, label: string): SVGSVGElement | HTMLElement {
  const figure = plot.plot(options);
  for (const style of figure.querySelectorAll('style')) style.remove();
  const links = [...figure.querySelectorAll('a')];
  figure.setAttribute('role', links.length > 0 ? 'group' : 'img');
  figure.setAttribute('aria-label', label);
  for (const part of figure.querySelectorAll('[aria-label]')) {
    if (part.querySelector('a')) part.removeAttribute('aria-label');
    else if (!part.closest('a')) part.setAttribute('aria-hidden', 'true');
  }
  for (const link of links) makeReachable(figure, link);
  links[0]?.setAttribute('tabindex', '0');
  figure.addEventListener('keydown', (event) => stepThrough(links, event as KeyboardEvent));
  return figure;
}

/** A link with its mark's name; the tip, which follows the pointer, is led to it while it has the focus. */
function makeReachable(figure: SVGSVGElement | HTMLElement, link: SVGElement | HTMLElement): void {
  const mark = link.firstElementChild;
  link.setAttribute('tabindex', '-1');
  link.setAttribute('aria-label', mark?.getAttribute('aria-label') ?? '');
  mark?.removeAttribute('aria-label');
  link.addEventListener('focus', () => {
    const { left, top, width, height } = link.getBoundingClientRect();
    const at = { clientX: left + width / 2, clientY: top + height / 2, pointerType: 'mouse', bubbles: true };
    for (const svg of svgsOf(figure)) svg.dispatchEvent(new PointerEvent('pointermove', at));
  });
  link.addEventListener('blur', () => {
    for (const svg of svgsOf(figure)) svg.dispatchEvent(new PointerEvent('pointerleave', { pointerType: 'mouse' }));
  });
}

const stepOf: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** From left to right, as they lie. */
function stepThrough(links: readonly (SVGElement | HTMLElement)[], event: KeyboardEvent): void {
  const step = stepOf[event.key];
  if (step === undefined && event.key !== 'Home' && event.key !== 'End') return;
  const ordered = links
    .map((link) => ({ link, left: link.getBoundingClientRect().left }))
    .sort((a, b) => a.left - b.left)
    .map(({ link }) => link);
  const at = ordered.indexOf(event.target as SVGElement);
  const to = step === undefined ? (event.key === 'Home' ? 0 : ordered.length - 1) : at + step;
  const next = ordered[Math.min(Math.max(to, 0), ordered.length - 1)];
  if (at === -1 || !next) return;
  event.preventDefault();
  for (const link of links) link.setAttribute('tabindex', link === next ? '0' : '-1');
  next.focus();
}

function svgsOf(figure: SVGSVGElement | HTMLElement): Iterable<Element> {
  return figure instanceof SVGSVGElement ? [figure] : figure.querySelectorAll('svg');
}

function usePlot(): PlotLibrary | undefined {
  const [plot, setPlot] = useState<PlotLibrary | undefined>();
  useEffect(() => {
    let gone = false;
    import('@observablehq/plot').then(
      (library) => !gone && setPlot(library),
      () => undefined, // offline: the tables stand
    );
    return () => {
      gone = true;
    };
  }, []);
  return plot;
}

function useWidth(box: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
