'use client';

import { FileText, X } from 'lucide-react';
import { type Attachment, isImageType, sizeWords } from '../../lib/attachment.ts';
import { addressOfAttachment } from './draft-file.ts';
import type { DraftedFiles } from './use-draft-files.ts';
import './attached-files.css';

/** The files of a question that is being written, and what is wrong with them. */
export function DraftFiles({ attached, refused }: { attached: DraftedFiles; refused: string | undefined }) {
  const { files, reading, problem } = attached;
  const wrong = problem ?? refused;
  if (files.length === 0 && !reading && !wrong) return null;
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

/** What came with a question: pictures to be seen, texts to be taken away. */
export function Attached({ attachments }: { attachments: readonly Attachment[] }) {
  const pictures = attachments.filter(({ mediaType }) => isImageType(mediaType));
  const texts = attachments.filter(({ mediaType }) => !isImageType(mediaType));
  return (
    <div className="attached">
      {pictures.map(({ id, name }) => (
        <a
          key={id}
          className="attached-picture"
          data-attachment={id}
          href={addressOfAttachment(id)}
          target="_blank"
          rel="noopener"
          title={name}
          suppressHydrationWarning
        >
          {/* biome-ignore lint/performance/noImgElement: somebody's own file, as it is */}
          <img src={addressOfAttachment(id)} alt={name} decoding="async" suppressHydrationWarning />
        </a>
      ))}
      {texts.map(({ id, name, size }) => (
        <a
          key={id}
          className="file-chip"
          data-attachment={id}
          href={`/api/attachments/${id}`}
          download={name}
          title={`Download ${name}`}
        >
          <FileFace name={name} size={size} />
        </a>
      ))}
    </div>
  );
}

function FileFace({ name, size, image }: { name: string; size: number; image?: string | undefined }) {
  return (
    <>
      {image ? (
        // biome-ignore lint/performance/noImgElement: a picture that only this page has
        <img className="file-thumb" src={image} alt="" />
      ) : (
        <FileText aria-hidden className="file-icon" size={16} />
      )}
      <span className="file-name">{name}</span>
      <span className="file-size">{sizeWords(size)}</span>
    </>
  );
}
