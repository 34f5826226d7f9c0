import type { Attachment, SentAttachment } from '../../lib/attachment.ts';
import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { refusalOfPictures } from '../../lib/pictures.ts';
import { findModel } from './model-choice.ts';

/** A file that is to be sent with a question. */
export interface DraftFile extends Omit<Attachment, 'id'> {
  key: string;
  sent: SentAttachment;
  /** Where a picture can be seen. */
  url?: string;
}

/** Pictures that were chosen on this page, by the id they were sent under: they need not be fetched. */
const urls = new Map<string, string>();

/** Has an attachment shown from another address than the server's. */
export function showFrom(attachmentId: string, url: string): void {
  urls.set(attachmentId, url);
}

export function addressOfAttachment(id: string): string {
  return urls.get(id) ?? `/api/attachments/${id}`;
}

/** A file that the server has, to be sent along once more. */
export function keptFile({ id, ...facts }: Attachment): DraftFile {
  return { ...facts, key: id, sent: { id }, url: addressOfAttachment(id) };
}

/** Why pictures cannot be asked about under these settings, in words; undefined when they can, or a model is not known. */
export function noPicturesFor(
  settings: readonly ThreadSettings[],
  providers: readonly ProviderModels[],
): string | undefined {
  for (const one of settings) {
    const found = findModel(providers, one.model);
    const refusal = found && refusalOfPictures(found.model, one);
    if (refusal) return refusal;
  }
  return undefined;
}
