import {
  cleanAttachmentName,
  imageTypeOf,
  notText,
  problemOfFile,
  problemOfText,
  type SentAttachment,
} from '../../lib/attachment.ts';
import { createId } from '../../lib/ids.ts';
import type { DraftFile } from '../conversation/draft-file.ts';

/**
 * Reads a file that somebody chose, dropped or pasted.
 * @throws Error with words for them, when it is none that can be sent.
 */
export async function readDraftFile(file: File): Promise<DraftFile> {
  const name = cleanAttachmentName(file.name);
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const imageType = imageTypeOf(head);
  const problem = problemOfFile({ name, size: file.size, isImage: imageType !== undefined });
  // A program or a film is first of all no text, however large it is.
  if (problem?.code === 'too_large' && !imageType && head.includes(0)) throw new Error(notText(name));
  if (problem) throw new Error(problem.message);
  const facts = { key: createId(), name, mediaType: imageType ?? ('text/plain' as const), size: file.size };
  if (imageType) return { ...facts, sent: { name, image: await base64Of(file) }, url: URL.createObjectURL(file) };
  return { ...facts, sent: await readText(file, name) };
}

async function readText(file: File, name: string): Promise<SentAttachment> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    if (!problemOfText(name, text)) return { name, text };
  } catch {
    // said below
  }
  throw new Error(notText(name));
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(new Error(`"${file.name}" could not be read.`));
    reader.readAsDataURL(file);
  });
}
