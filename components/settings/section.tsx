import type { ReactNode } from 'react';

/** One of the sections of the settings, under its name. */
export function Section(props: {
  id: string;
  title: string;
  /** Stands at the end of the title's line. */
  action?: ReactNode;
  children: ReactNode;
}) {
  const titleId = `${props.id}-title`;
  return (
    <section id={props.id} aria-labelledby={titleId} className="mt-9 first-of-type:mt-5">
      <div className="flex items-center justify-between gap-4">
        <h2 id={titleId} className="text-lg font-semibold tracking-tight">
          {props.title}
        </h2>
        {props.action}
      </div>
      {props.children}
    </section>
  );
}

/** What a section says about itself, or in place of what it has not got. */
export function Lead({ children }: { children: ReactNode }) {
  return <p className="mt-1 text-base text-pretty text-ink-muted">{children}</p>;
}

/** A sheet on the page. */
export function Card({ className = '', children }: { className?: string; children: ReactNode }) {
  return (
    <div className={`mt-3 overflow-hidden rounded-lg border border-line bg-surface shadow-small ${className}`}>
      {children}
    </div>
  );
}

/** A name and what it stands for. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-muted">{name}</dt>
      <dd className="wrap-anywhere tabular-nums">{children}</dd>
    </div>
  );
}

/** What a machine calls something: an address, an id. */
export function CodeWords({ children }: { children: ReactNode }) {
  return <span className="font-mono text-xs wrap-anywhere">{children}</span>;
}
