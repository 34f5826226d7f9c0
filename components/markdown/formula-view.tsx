'use client';

import { use, useLayoutEffect, useState, useSyncExternalStore } from 'react';
import { sourceToCopy } from '../../lib/markdown/math.ts';
import { textOf } from './syntax.ts';
import { SlotsOfText } from './formula-slots.ts';
import { findDrawing, listenForDrawing, requestDrawing } from './formula-store.ts';

/** What `readFormulas` put into the tree. */
interface FormulaNode {
  type: string;
  properties?: Record<string, unknown>;
}

/** A formula in place of its element in the tree. */
export function FormulaElement({ node }: { node?: FormulaNode }) {
  if (!node) return null;
  const { tex, display, draw } = node.properties ?? {};
  return <FormulaView source={textOf(node)} tex={draw ? String(tex) : undefined} display={Boolean(display)} />;
}

interface FormulaViewProps {
  source: string;
  /** Undefined while it is not complete, or when it is not to be drawn. */
  tex: string | undefined;
  display: boolean;
}

/** A formula: its source until it is complete and drawn, and for good when it cannot be drawn. */
function FormulaView({ source, tex, display }: FormulaViewProps) {
  const drawing = useDrawing(tex, display);
  const className = display ? 'md-formula md-display' : 'md-formula';
  if (!drawing?.html) {
    return (
      <span
        className={className}
        data-source={drawing ? 'refused' : tex === undefined ? 'pending' : 'coming'}
        dir="ltr"
      >
        {source}
      </span>
    );
  }
  const html = { __html: drawing.html };
  // biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX's own output with `trust: false`; all it takes from the model it escapes
  return <span className={className} data-tex={sourceToCopy(source, tex)} dir="ltr" dangerouslySetInnerHTML={html} />;
}

function useDrawing(tex: string | undefined, display: boolean) {
  const slots = use(SlotsOfText);
  const [granted, setGranted] = useState(true);
  const drawing = useSyncExternalStore(
    (listener) =>
      tex === undefined || !granted || !slots.has(setGranted) ? () => {} : listenForDrawing(tex, display, listener),
    () => (tex === undefined ? undefined : findDrawing(tex, display)),
    () => undefined,
  );
  const wanted = tex !== undefined;
  useLayoutEffect(() => {
    if (!wanted) return;
    const release = slots.claim(setGranted);
    if (slots.has(setGranted)) setGranted(true); // it may have waited in vain before
    return release;
  }, [wanted, slots]);
  // before the browser paints, so that a formula is not first seen as source
  useLayoutEffect(() => {
    if (tex !== undefined && granted && slots.has(setGranted)) requestDrawing(tex, display);
  }, [tex, display, granted, slots]);
  return granted ? drawing : undefined;
}
