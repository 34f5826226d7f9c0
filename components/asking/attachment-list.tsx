'use client';

import { FileText } from 'lucide-react';
import { type Attachment, isImageType } from '../../lib/attachment.ts';
import { formatBytes } from '../../lib/quantity-words.ts';
import { addressOfAttachment } from '../conversation/draft-file.ts';
import './attachment-list.css';

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

/** How a file looks in a row of them. */
export function FileFace({ name, size, image }: { name: string; size: number; image?: string | undefined }) {
  return (
    <>
      {image ? (
        // biome-ignore lint/performance/noImgElement: a picture that only this page has
        <img className="file-thumb" src={image} alt="" />
      ) : (
        <FileText aria-hidden className="file-icon" size={16} />
      )}
      <span className="file-name">{name}</span>
      <span className="file-size">{formatBytes(size)}</span>
    </>
  );
}
