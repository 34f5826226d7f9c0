import { Children, isValidElement, type ReactNode } from 'react';
import { namesAnotherHost, readAddress } from '../../lib/markdown/address.ts';

/** A link a model wrote. Its true host is told on hover, and beside it where its words name another. */
export function SafeLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  const address = readAddress(href ?? '');
  if (!address) return <span className="md-dead-link">{children}</span>;
  return (
    <>
      <a
        href={address.href}
        title={`${address.host}\n${address.href.slice(0, 300)}`}
        target="_blank"
        rel="noopener noreferrer"
        referrerPolicy="no-referrer"
      >
        {children}
      </a>
      {namesAnotherHost(wordsOf(children), address) && (
        <span className="text-[0.86em] text-ink-muted"> ({address.host})</span>
      )}
    </>
  );
}

/** An image a model wrote: its name and its host. It is never loaded, for its address could carry words away. */
export function ImageName({ src, alt }: { src: string; alt: string }) {
  const address = readAddress(src);
  const name = alt.trim() === '' ? 'Image' : alt;
  return (
    <span className="inline-block max-w-full rounded-md border border-line px-[0.6em] py-[0.1em]">
      {address ? (
        <>
          <SafeLink href={src}>{name}</SafeLink> <span className="text-[0.86em] text-ink-muted">{address.host}</span>
        </>
      ) : (
        name
      )}
    </span>
  );
}

function wordsOf(children: ReactNode): string {
  return Children.toArray(children)
    .map((child) => {
      if (typeof child === 'string' || typeof child === 'number') return String(child);
      return isValidElement<{ children?: ReactNode }>(child) ? wordsOf(child.props.children) : '';
    })
    .join('');
}
