'use client';

import type { PlotOptions } from '@observablehq/plot';
import { type MouseEvent, useEffect, useRef, useState } from 'react';
import './charts.css';

/** The chart library, which is loaded when the first chart is drawn. */
export type PlotLibrary = typeof import('@observablehq/plot');

/**
 * A chart, redrawn when its width changes. `label` says in a sentence what it shows: the picture itself is not read aloud, so
 * whoever uses this gives a table too.
 */
export function PlotChart(props: {
  label: string;
  draw: (plot: PlotLibrary, width: number) => PlotOptions;
  /** A mark with a link was pressed; without it the browser follows the link. */
  onOpen?: (href: string) => void;
  /**
   * Marks with links are reached by keys, each shows its tip then, and is read aloud by its `ariaLabel`. For charts of few
   * points; without it the links are the table's.
   */
  reachable?: boolean;
}) {
  const { label, draw, onOpen, reachable = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const plot = usePlot();
  useEffect(() => {
    if (!box.current || !plot || width === 0) return;
    const figure = drawUnstyled(plot, draw(plot, width), label);
    if (reachable) makeReachable(figure);
    box.current.replaceChildren(figure);
  }, [plot, draw, width, label, reachable]);

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

/** The library writes a style element, which the page's policy would refuse once it is in the page; charts.css has its rules. */
function drawUnstyled(plot: PlotLibrary, options: PlotOptions, label: string): SVGSVGElement | HTMLElement {
  const figure = plot.plot(options);
  for (const style of figure.querySelectorAll('style')) style.remove();
  for (const link of figure.querySelectorAll('a')) link.setAttribute('tabindex', '-1');
  figure.setAttribute('role', 'img');
  figure.setAttribute('aria-label', label);
  return figure;
}

/** Links by keys, with a name; the tip, which follows the pointer, is led to the one that has the focus. */
function makeReachable(figure: SVGSVGElement | HTMLElement): void {
  figure.setAttribute('role', 'group');
  for (const link of figure.querySelectorAll('a')) {
    const mark = link.firstElementChild;
    const name = mark?.getAttribute('aria-label');
    link.removeAttribute('tabindex');
    if (name) link.setAttribute('aria-label', name);
    link.addEventListener('focus', () => {
      const { left, top, width, height } = link.getBoundingClientRect();
      const at = { clientX: left + width / 2, clientY: top + height / 2, pointerType: 'mouse', bubbles: true };
      for (const svg of svgsOf(figure)) svg.dispatchEvent(new PointerEvent('pointermove', at));
    });
    link.addEventListener('blur', () => {
      for (const svg of svgsOf(figure)) svg.dispatchEvent(new PointerEvent('pointerleave', { pointerType: 'mouse' }));
    });
  }
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
