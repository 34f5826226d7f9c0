import {
  type AttachedContent,
  parseAttachment,
  parseAttachmentId,
  problemOfFiles,
  type SentAttachment,
} from '../attachment.ts';
import { AppError } from '../errors.ts';
import type { Store } from './store/store.ts';

/**
 * What comes with a question: files as they were sent, and some that are here already.
 * @throws AppError `too_large`, `unsupported_media_type`, `bad_request`, or `not_found` for one that is not here.
 */
export async function resolveAttachments(
  store: Store,
  ownerId: string,
  sent: readonly SentAttachment[],
): Promise<AttachedContent[]> {
  const files: AttachedContent[] = [];
  for (const file of sent) {
    files.push('id' in file ? await getAttachment(store, ownerId, file.id) : parseAttachment(file));
    const problem = problemOfFiles(files);
    if (problem) throw new AppError(problem.code, problem.message);
  }
  return files;
}

async function getAttachment(store: Store, ownerId: string, id: string): Promise<AttachedContent> {
  const place = parseAttachmentId(id);
  const found = place && (await store.attachments.find(ownerId, place));
  if (!found) throw new AppError('not_found', 'A file that is to come along is not here any more. Attach it anew.');
  return found;
}
