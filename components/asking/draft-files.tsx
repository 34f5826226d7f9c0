'use client';

import { X } from 'lucide-react';
import { isImageType } from '../../lib/attachment.ts';
import { IconButton } from '../ui/button.tsx';
import { FileFace, fileChip } from './attachment-list.tsx';
import type { DraftedFiles } from './use-draft-files.ts';

/** The files of a question that is being written, and what is wrong with them. */
export default function DraftFiles({ attached, refused }: { attached: DraftedFiles; refused: string | undefined }) {
  const { files, reading, problem } = attached;
  const wrong = problem ?? refused;
  return (
    // a long name is cut off, not the button beside it
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5 px-1 pt-1 pb-1.5">
      {files.length > 0 && (
        <ul className="flex flex-wrap gap-1.5" aria-label="Attached">
          {files.map(({ key, name, mediaType, size, url }) => (
            <li
              key={key}
              className={`${fileChip} bg-sunken pr-0.5 ${refused && isImageType(mediaType) ? 'border-danger' : 'border-line'}`}
            >
              <FileFace name={name} size={size} image={isImageType(mediaType) ? url : undefined} />
              <IconButton label={`Remove ${name}`} title="Remove" size="sm" onClick={() => attached.remove(key)}>
                <X aria-hidden size={13} />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {reading && <p className="px-1 text-sm text-ink-muted">Reading…</p>}
      {wrong && (
        <p className="px-1 text-sm text-danger" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}
