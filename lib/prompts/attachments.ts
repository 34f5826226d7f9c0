import { type AttachedContent, isImageType } from '../attachment.ts';
import type { ChatImage, ChatMessage } from '../model.ts';

/** More bytes of pictures than this do not go into one request; the latest ones do. */
const maxImageBytes = 20_000_000;

/**
 * A question with its text files before it, each under its name. The fence around a file is longer than any run of
 * backticks in it, so no line of the file can end it (CommonMark 4.5).
 */
export function quoteFiles(files: readonly AttachedContent[] | undefined, question: string): string {
  const texts = files?.filter(({ mediaType }) => !isImageType(mediaType)) ?? [];
  return [...texts.map(quoteFile), question].join('\n\n');
}

function quoteFile({ name, content }: AttachedContent): string {
  const fence = fenceFor(content);
  const end = content.endsWith('\n') ? '' : '\n';
  return `Attached file "${name}":\n${fence}\n${content}${end}${fence}`;
}

/** Three backticks, or one more than the longest run of them in the text. */
export function fenceFor(text: string): string {
  let longest = 2;
  for (const [run] of text.matchAll(/`{3,}/g)) longest = Math.max(longest, run.length);
  return '`'.repeat(longest + 1);
}

/** A question as it may be sent: its words, and the pictures that come with them. */
export interface AttachedTurn {
  question: string;
  attachments?: readonly AttachedContent[] | undefined;
}

/**
 * The words and pictures of questions, the one that is asked now last. A picture of an earlier one that is not sent (again)
 * is named in its place, and in `left`.
 */
export function attachTo(
  turns: readonly AttachedTurn[],
  takesImages: boolean,
): { questions: { content: string; images: ChatImage[] }[]; left: string[] } {
  const left: string[] = [];
  let room = takesImages ? maxImageBytes : 0;
  const questions = turns.toReversed().map(({ question, attachments = [] }) => {
    const images: ChatImage[] = [];
    const missing: string[] = [];
    for (const { mediaType, name, size, content } of attachments) {
      if (!isImageType(mediaType)) continue;
      if (size <= room) {
        room -= size;
        images.push({ mediaType, data: content });
      } else missing.push(name);
    }
    left.unshift(...missing);
    const names = missing.map((name) => `[Picture "${name}", not sent]`);
    return { content: [...names, quoteFiles(attachments, question)].join('\n\n'), images };
  });
  return { questions: questions.toReversed(), left };
}

/**
 * A request's body as it is kept: pictures, which the conversation has already, by their size alone. Nothing else is
 * touched.
 */
export function withoutImages(body: string, messages: readonly ChatMessage[]): string {
  let kept = body;
  for (const { data } of messages.flatMap(({ images = [] }) => images)) {
    kept = kept.replaceAll(data, `(${data.length} characters of base64)`);
  }
  return kept;
}
