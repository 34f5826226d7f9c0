'use client';

import { FileDown } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../ui/button.tsx';
import { lazyDialog } from '../ui/lazy-part.tsx';

const ExportDialog = lazyDialog(() => import('./export-dialog.tsx'));

/**
 * Opens what saves a conversation as a file; the dialog is loaded when it is first opened. On a narrow screen there is no
 * room for it; the conversation's menu in the sidebar has it too.
 */
export function ExportButton(props: {
  conversationId: string;
  title: string;
  leafIds?: readonly string[];
  /** With words beside the icon. */
  words?: boolean;
}) {
  const [open, setOpen] = useState(false);
  const show = () => setOpen(true);
  return (
    <>
      {props.words ? (
        <Button
          tone="quiet"
          className="max-md:hidden"
          title="Export"
          data-command="Export"
          aria-haspopup="dialog"
          onClick={show}
        >
          <FileDown aria-hidden size={15} /> <span>Export</span>
        </Button>
      ) : (
        <IconButton
          label="Export"
          data-command="Export"
          className="max-md:hidden"
          aria-haspopup="dialog"
          onClick={show}
        >
          <FileDown aria-hidden size={16} />
        </IconButton>
      )}
      {open && (
        <ExportDialog
          conversationId={props.conversationId}
          title={props.title}
          leafIds={props.leafIds}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
