import { Check, ExternalLink } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import type { ShareExpiry } from '../../lib/share.ts';
import { Button, iconButtonLook } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { expiryWords } from './expiry-words.ts';

/** The link that was just made. `copied`: it is on the clipboard already. */
export function MadeLink(props: { url: string; copied: boolean; expires: ShareExpiry; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => field.current?.select(), []);
  return (
    <div className="grid gap-3">
      <p role="status">
        {props.copied && <Check aria-hidden size={16} className="mr-1 inline align-[-0.125em]" />}
        {props.copied ? 'The link is made, and copied.' : 'The link is made.'} It is open {openWords(props.expires)}.
      </p>
      <label htmlFor={id} className="sr-only">
        The link
      </label>
      <div className="flex items-center gap-1 rounded-md border border-line bg-paper py-1 pr-1 pl-3.5 focus-within:border-accent">
        <input
          ref={field}
          id={id}
          readOnly
          className="min-w-0 flex-1 bg-transparent font-mono text-sm outline-none"
          value={props.url}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton label="Copy the link" textOf={() => props.url} />
        <a
          className={iconButtonLook()}
          href={props.url}
          target="_blank"
          rel="noreferrer"
          aria-label="Open it"
          title="Open it"
        >
          <ExternalLink aria-hidden size={15} />
        </a>
      </div>
      <p className="text-sm text-pretty text-ink-muted">
        Your links, how often they were opened, and the way to take them back: Settings, Shared links.
      </p>
      <Button className="justify-self-end max-md:justify-center max-md:justify-self-stretch" onClick={props.onClose}>
        Done
      </Button>
    </div>
  );
}

function openWords(expires: ShareExpiry): string {
  if (expires === 'never') return 'until you take it back';
  return `for ${expiryWords.find(([value]) => value === expires)?.[1].toLowerCase() ?? ''}`;
}
