import { formatBytes } from './quantity-words.ts';
import { AppError } from './errors.ts';

/** Pictures that models take. An SVG is a program as much as a picture, so it is none of them. */
const imageTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const;
export type ImageType = (typeof imageTypes)[number];
export type AttachmentType = ImageType | 'text/plain';

/** What is attached to a question, without what is in it. */
export interface Attachment {
  /** The question's id and its place there, from 0: `attachmentId`. */
  id: string;
  name: string;
  /** By what is in it, never by its name. */
  mediaType: AttachmentType;
  /** Bytes. */
  size: number;
}

/** The same with what is in it: the text, or the picture in base64. */
export interface AttachedContent extends Omit<Attachment, 'id'> {
  content: string;
}

/** A file as a page sends it: a text, or a picture in base64. */
export type SentFile = { name: string; text: string } | { name: string; image: string };
/** The same, or one that the server has already, by its id. */
export type SentAttachment = SentFile | { id: string };

/** What may be attached to one question. Sizes in bytes. */
export const attachmentLimits = { count: 8, textBytes: 200_000, imageBytes: 5_000_000, totalBytes: 6_000_000 } as const;

const maxNameLength = 120;

/** The id of what is attached to a message: nothing else can have it, and whoever knows the message can tell it. */
export function attachmentId(messageId: string, position: number): string {
  return `${messageId}.${position}`;
}

/** The message and the place that an attachment's id names; undefined when it is none. */
export function parseAttachmentId(id: string): { messageId: string; position: number } | undefined {
  const [, messageId, position] = /^([0-9a-f-]{36})\.([0-7])$/.exec(id) ?? [];
  return messageId === undefined ? undefined : { messageId, position: Number(position) };
}

export function isImageType(mediaType: string): mediaType is ImageType {
  return imageTypes.some((type) => type === mediaType);
}

/** A name that stands on one line, in a prompt and in a header: no controls, no turned writing, no path. */
export function cleanAttachmentName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const clean = last
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD"`<>]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(clean);
  if (characters.length <= maxNameLength) return clean || 'file';
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(clean)?.[0] ?? '';
  return `${characters.slice(0, maxNameLength - ending.length - 1).join('')}…${ending}`;
}

/** The kind of picture that bytes begin as; undefined when they are none that is taken. */
export function imageTypeOf(bytes: Uint8Array): ImageType | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(head)) return 'image/gif';
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'image/webp';
  return undefined;
}

/**
 * What a page sent, looked at: its size, its name, and what it is by its own bytes.
 * @throws AppError `too_large`, `unsupported_media_type` or `bad_request`, naming the file.
 */
export function parseAttachment(sent: SentFile): AttachedContent {
  return 'image' in sent ? parseImage(sent) : parseText(sent);
}

/**
 * Files that are sent together, each looked at.
 * @throws AppError as `parseAttachment`, and `too_large` for too many or too much.
 */
export function parseAttachments(sent: readonly SentFile[]): AttachedContent[] {
  const files = sent.map(parseAttachment);
  const problem = problemOfFiles(files);
  if (problem) throw new AppError(problem.code, problem.message);
  return files;
}

/** Why files cannot go together with one question. */
export function problemOfFiles(files: readonly { size: number }[]): Problem | undefined {
  const { count, totalBytes } = attachmentLimits;
  if (files.length > count) return { code: 'too_large', message: `At most ${count} files go with one question.` };
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total <= totalBytes) return undefined;
  return { code: 'too_large', message: `The files are larger than ${formatBytes(totalBytes)} together.` };
}

function parseText({ name, text }: { name: string; text: string }): AttachedContent {
  const clean = cleanAttachmentName(name);
  const size = new TextEncoder().encode(text).length;
  const problem = problemOfFile({ name: clean, size, isImage: false }) ?? problemOfText(clean, text);
  if (problem) throw new AppError(problem.code, problem.message);
  return { name: clean, mediaType: 'text/plain', size, content: text.toWellFormed() };
}

function parseImage({ name, image }: { name: string; image: string }): AttachedContent {
  const clean = cleanAttachmentName(name);
  const padding = image.endsWith('==') ? 2 : image.endsWith('=') ? 1 : 0;
  const size = (image.length / 4) * 3 - padding;
  const problem = problemOfFile({ name: clean, size, isImage: true });
  if (problem) throw new AppError(problem.code, problem.message);
  if (image.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(image)) {
    throw new AppError('bad_request', `"${clean}" is not in base64.`);
  }
  const mediaType = imageTypeOf(Uint8Array.from(atob(image.slice(0, 24)), (unit) => unit.charCodeAt(0)));
  if (!mediaType) throw new AppError('unsupported_media_type', noPicture(clean));
  return { name: clean, mediaType, size, content: image };
}

/** Why a file cannot be attached, by what is known before it is read; undefined when it can. */
export function problemOfFile(file: { name: string; size: number; isImage: boolean }): Problem | undefined {
  const { name, size, isImage } = file;
  const most = isImage ? attachmentLimits.imageBytes : attachmentLimits.textBytes;
  if (/\.svgz?$/i.test(name)) return { code: 'unsupported_media_type', message: noPicture(name) };
  if (size === 0) return { code: 'bad_request', message: `"${name}" is empty.` };
  if (size <= most) return undefined;
  const kind = isImage ? 'A picture' : 'A text file';
  const message = `"${name}" is too large (${formatBytes(size)}). ${kind} may have ${formatBytes(most)}.`;
  return { code: 'too_large', message };
}

/** Why a text is none that can be quoted. */
export function problemOfText(name: string, text: string): Problem | undefined {
  if (!text.includes('\0')) return undefined;
  return { code: 'unsupported_media_type', message: notText(name) };
}

interface Problem {
  code: 'too_large' | 'unsupported_media_type' | 'bad_request';
  message: string;
}

export function notText(name: string): string {
  return `"${name}" is not a text file, and not a picture in PNG, JPEG, WebP or GIF.`;
}

function noPicture(name: string): string {
  return `"${name}" is not a picture in PNG, JPEG, WebP or GIF.`;
}

/** Whether something is a picture, or several of them are. */
export function hasImages(attachments: readonly Pick<Attachment, 'mediaType'>[] | undefined): boolean {
  return attachments?.some(({ mediaType }) => isImageType(mediaType)) ?? false;
}
