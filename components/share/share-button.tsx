'use client';

import { Share2 } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../ui/button.tsx';
import { lazyDialog } from '../ui/lazy-part.tsx';
import type { SharedBranch } from './share-choices.tsx';

const ShareDialog = lazyDialog(async () => ({ default: (await import('./share-dialog.tsx')).ShareDialog }));

/** Opens what makes a link to a conversation: one branch of each of its columns, as it is looked at. */
export function ShareButton(props: {
  conversationId: string;
  branches: readonly SharedBranch[];
  /** With words beside the icon. */
  words?: boolean;
}) {
  const [open, setOpen] = useState(false);
  const show = () => setOpen(true);
  if (props.branches.length === 0) return null;
  return (
    <>
      {props.words ? (
        <Button tone="quiet" title="Share" data-command="Share" onClick={show}>
          <Share2 aria-hidden size={15} /> <span>Share</span>
        </Button>
      ) : (
        <IconButton label="Share" data-command="Share" onClick={show}>
          <Share2 aria-hidden size={16} />
        </IconButton>
      )}
      {open && (
        <ShareDialog conversationId={props.conversationId} branches={props.branches} onClose={() => setOpen(false)} />
      )}
    </>
  );
}
