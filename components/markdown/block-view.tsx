'use client';

import { Component, memo, type ReactNode, type RefObject, use, useRef } from 'react';
import Markdown, { type Components } from 'react-markdown';
import remarkCjkFriendly from 'remark-cjk-friendly';
import remarkCjkStrikethrough from 'remark-cjk-friendly-gfm-strikethrough';
import remarkGfm from 'remark-gfm';
import { type Block, readCode, readText } from '../../lib/markdown/blocks.ts';
import { hasOverlongWord, isTooDense, limitDepth } from '../../lib/markdown/limits.ts';
import { extractFormulas, type Formula, splitAtFormulas } from '../../lib/markdown/math.ts';
import { repairTail } from '../../lib/markdown/repair.ts';
import { useHanFont } from '../ui/han-font.ts';
import { CodeView, FencedCode } from './code-view.tsx';
import { FormulaElement } from './formula-view.tsx';
import { keepSelection } from './keep-selection.ts';
import { isPlain } from './plain-text.ts';
import { ImageName, SafeLink } from './safe-link.tsx';
import { flattenDeep, maxFormulas, plainSyntax, readFormulas } from './syntax.ts';
import { headingElement } from './top-heading.ts';
import { TopHeading } from './top-heading-context.ts';

interface BlockViewProps {
  block: Block;
  /** More of this block may come. */
  open: boolean;
  tone: 'answer' | 'reasoning';
}

/** One block of a text. Drawn again only when the block itself changes. */
export const BlockView = memo(function BlockView({ block, open, tone }: BlockViewProps) {
  useHanFont(block.text);
  const box = useRef<HTMLDivElement>(null);
  return (
    <PlainOnError text={block.text} box={box}>
      <div
        ref={box}
        className="md-block"
        data-continued={block.continued || undefined}
        data-overlong={hasOverlongWord(block.text) || undefined}
        dir="auto"
      >
        {block.kind === 'code' ? (
          <CodeBlock block={block} open={open} tone={tone} />
        ) : (
          <MarkdownBlock text={readText(block)} open={open} tone={tone} />
        )}
      </div>
    </PlainOnError>
  );
});

function CodeBlock({ block, open, tone }: BlockViewProps) {
  const { info, code } = readCode(block);
  return (
    <CodeView
      info={info}
      code={code}
      highlight={!open && tone === 'answer'}
      start={block.start}
      continued={block.continued}
    />
  );
}

function MarkdownBlock({ text, open, tone }: { text: string; open: boolean; tone: 'answer' | 'reasoning' }) {
  const bare = text.trim();
  if (bare === '') return null;
  const { text: source, formulas } = extractFormulas(text, open);
  if (formulas.length <= maxFormulas && isPlain(source.trim())) {
    return <p>{splitAtFormulas(source.trim(), formulas).map(drawPiece)}</p>;
  }
  if (isTooDense(source)) return <p className="md-plain">{bare}</p>;
  const whole = limitDepth(open ? repairTail(source) : source);
  return (
    <Markdown
      remarkPlugins={[
        [remarkGfm, { singleTilde: false }],
        remarkCjkFriendly,
        [remarkCjkStrikethrough, { singleTilde: false }],
        plainSyntax,
        [readFormulas, formulas],
      ]}
      rehypePlugins={[flattenDeep]}
      urlTransform={keepAddress}
      components={tone === 'answer' ? answerComponents : reasoningComponents}
    >
      {whole}
    </Markdown>
  );
}

function drawPiece(piece: string | Formula, i: number): ReactNode {
  if (typeof piece === 'string') return piece;
  const { source, tex, display, complete } = piece;
  const properties = { tex, display, draw: complete };
  const node = { type: 'element', properties, children: [{ type: 'text', value: source }] };
  return <FormulaElement key={i} node={node} />; // pieces are only ever added at the end
}

/** Links and images are judged where they are drawn. */
function keepAddress(url: string): string {
  return url;
}

function headingOf(level: number) {
  return function Heading({ children }: { children?: ReactNode }) {
    const Element = headingElement(level, use(TopHeading));
    return <Element className={`md-h${Math.min(4, level)}`}>{children}</Element>;
  };
}

const components: Components = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ src, alt }) => <ImageName src={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((level) => [`h${level}`, headingOf(level)])),
  table: ({ children }) => (
    <div className="md-table">
      <table>{children}</table>
    </div>
  ),
};

// `md-formula` is made by our own plugin only; a model cannot write it, for its HTML is text.
const formulaComponent = { 'md-formula': FormulaElement } as Components;

const answerComponents: Components = {
  ...components,
  ...formulaComponent,
  pre: ({ node }) => <FencedCode node={node} highlight />,
};
const reasoningComponents: Components = {
  ...components,
  ...formulaComponent,
  pre: ({ node }) => <FencedCode node={node} highlight={false} />,
};

interface PlainOnErrorProps {
  text: string;
  box: RefObject<HTMLElement | null>;
  children: ReactNode;
}

/** A block that cannot be drawn as Markdown is shown as it was written. What a reader selected in it stays selected. */
class PlainOnError extends Component<PlainOnErrorProps, { failedText: string | undefined }> {
  override state = { failedText: undefined as string | undefined };

  override getSnapshotBeforeUpdate(): (() => void) | null {
    return (this.props.box.current && keepSelection(this.props.box.current)) ?? null;
  }

  override componentDidUpdate(_: PlainOnErrorProps, __: unknown, selectAgain: (() => void) | null): void {
    selectAgain?.();
  }

  static getDerivedStateFromError(): { failedText: string } {
    return { failedText: '' };
  }

  static getDerivedStateFromProps(props: { text: string }, state: { failedText: string | undefined }) {
    if (state.failedText === undefined || state.failedText === props.text) return null;
    return { failedText: state.failedText === '' ? props.text : undefined };
  }

  override render(): ReactNode {
    if (this.state.failedText === undefined) return this.props.children;
    return (
      <div className="md-block" data-overlong={hasOverlongWord(this.props.text) || undefined} dir="auto">
        <p className="md-plain">{this.props.text}</p>
      </div>
    );
  }
}
