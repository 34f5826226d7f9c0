'use client';

import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { type ReactNode, use, useRef } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import { CopyButton } from '../ui/copy-button.tsx';
import { CodePieces } from './code-pieces.ts';
import { textOf } from './syntax.ts';
import { useHighlight } from './use-highlight.ts';
import { useScrolls } from './use-scrolls.ts';

interface CodeViewProps {
  /** What stands after the fence: the language, if anything. */
  info: string;
  code: string;
  highlight: boolean;
  /** Where the block begins in the text, for a block that may have more pieces. */
  start?: number;
  /** It goes on from the block before. */
  continued?: boolean;
}

/** Code, with its language and a button that copies exactly it. */
export function CodeView({ info, code, highlight, start, continued = false }: CodeViewProps) {
  const language = /^[\w+#.-]{1,24}/.exec(info)?.[0] ?? '';
  const tree = useHighlight(highlight ? language : '', code);
  const wholeCode = use(CodePieces);
  const box = useRef<HTMLPreElement>(null);
  const scrolls = useScrolls(box);
  const words: ReactNode = tree ? toJsxRuntime(tree, { Fragment, jsx, jsxs, ignoreInvalidStyle: true }) : code;
  return (
    <div className="md-code" data-continued={continued || undefined} dir="ltr">
      {!continued && (
        <div className="md-code-head flex min-h-9 items-center justify-between pr-1 pl-3.5 font-sans text-xs text-ink-muted">
          <span className="md-code-language">{language}</span>
          <CopyButton label="Copy the code" textOf={() => (start === undefined ? code : wholeCode(start))} />
        </div>
      )}
      <pre ref={box} tabIndex={scrolls ? 0 : undefined}>
        <code>{words}</code>
      </pre>
    </div>
  );
}

/** A `pre` of the tree: code inside a list or a quote. */
export function FencedCode({ node, highlight }: { node: CodeNode | undefined; highlight: boolean }) {
  const element = node?.children?.[0];
  if (!element) return null;
  const classes = element.properties?.['className'];
  const named = Array.isArray(classes) ? classes.find((name) => String(name).startsWith('language-')) : undefined;
  const code = textOf(element).replace(/\n$/, '');
  return <CodeView info={String(named ?? '').slice('language-'.length)} code={code} highlight={highlight} />;
}

interface CodeNode {
  type: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: CodeNode[];
}
