'use client';

import { X } from 'lucide-react';
import { isImageType } from '../../lib/attachment.ts';
import { FileFace } from './attachment-list.tsx';
import type { DraftedFiles } from './use-draft-files.ts';

/** The files of a question that is being written, and what is wrong with them. */
export default function DraftFiles({ attached, refused }: { attached: DraftedFiles; refused: string | undefined }) {
  const { files, reading, problem } = attached;
  const wrong = problem ?? refused;
  return (
    <div className="draft-files">
      {files.length > 0 && (
        <ul className="file-chips" aria-label="Attached">
          {files.map(({ key, name, mediaType, size, url }) => (
            <li key={key} className="file-chip" data-refused={(refused && isImageType(mediaType)) || undefined}>
              <FileFace name={name} size={size} image={isImageType(mediaType) ? url : undefined} />
              <button
                type="button"
                className="file-remove"
                aria-label={`Remove ${name}`}
                title="Remove"
                onClick={() => attached.remove(key)}
              >
                <X aria-hidden size={13} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {reading && <p className="file-note">Reading…</p>}
      {wrong && (
        <p className="file-note file-problem" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}
