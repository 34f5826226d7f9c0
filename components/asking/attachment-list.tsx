'use client';

import { FileText } from 'lucide-react';
import { type Attachment, isImageType } from '../../lib/attachment.ts';
import { formatBytes } from '../../lib/quantity-words.ts';
import { addressOfAttachment } from '../conversation/draft-file.ts';

/** The classes of a file in a row of them, but for its edge. */
export const fileChip =
  'inline-flex min-h-9 min-w-0 max-w-[min(100%,18rem)] items-center gap-1.5 rounded-md border py-0.5 pl-1.5 text-sm text-ink';

/** The search stands on it. */
const found = 'data-found:outline-2 data-found:outline-offset-2 data-found:outline-accent';

/** What came with a question: pictures to be seen, texts to be taken away. */
export function Attached({ attachments }: { attachments: readonly Attachment[] }) {
  const pictures = attachments.filter(({ mediaType }) => isImageType(mediaType));
  const texts = attachments.filter(({ mediaType }) => !isImageType(mediaType));
  return (
    <div className="mb-1.5 ml-auto flex max-w-[min(100%,36rem)] flex-wrap justify-end gap-1.5">
      {pictures.map(({ id, name }) => (
        <a
          key={id}
          className={`overflow-hidden rounded-md border border-line bg-sunken ${found}`}
          data-attachment={id}
          href={addressOfAttachment(id)}
          target="_blank"
          rel="noopener"
          title={name}
          suppressHydrationWarning
        >
          {/* biome-ignore lint/performance/noImgElement: somebody's own file, as it is */}
          <img
            src={addressOfAttachment(id)}
            alt={name}
            className="block max-h-48 min-h-10 max-w-[min(100%,18rem)] min-w-10 object-contain"
            decoding="async"
            suppressHydrationWarning
          />
        </a>
      ))}
      {texts.map(({ id, name, size }) => (
        <a
          key={id}
          className={`${fileChip} border-line bg-surface pr-2 hover:border-accent/45 ${found}`}
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
        <img className="size-7 flex-none rounded-sm object-cover" src={image} alt="" />
      ) : (
        <FileText aria-hidden className="flex-none text-ink-muted" size={16} />
      )}
      <span className="min-w-0 truncate">{name}</span>
      <span className="flex-none text-xs text-ink-muted tabular-nums">{formatBytes(size)}</span>
    </>
  );
}
