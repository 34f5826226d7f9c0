import { z } from 'zod';
import type { ExportedGeneration, ExportedMessage, ForeignOrigin } from '../exported.ts';
import type { SplitterOptions } from '@thinkglass/splitter';
import { splitText } from '@thinkglass/splitter/split-text';
import { attachmentLimits, parseAttachment } from '../attachment.ts';
import { type Finish, type Segment, textOfKind } from '../stream-part.ts';
import { originLabels } from './origin-labels.ts';
import { accountUsage, type ReportedUsage } from '../usage.ts';

/** What cannot be read as it should be is refused; `path` leads to it. */
export class ImportProblem extends Error {
  readonly path: readonly PropertyKey[];

  constructor(path: readonly PropertyKey[], message: string) {
    super(message);
    this.name = 'ImportProblem';
    this.path = path;
  }
}

/** @throws ImportProblem for the first thing that is not as the schema has it. */
export function parseAt<T>(schema: z.ZodType<T>, value: unknown, path: readonly PropertyKey[]): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ImportProblem([...path, ...(issue?.path ?? [])], issue?.message ?? 'invalid');
}

/** An object with keys of its own, whatever they are called: read by `Object.entries`, never by a name out of a file. */
export const dictionarySchema = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'is no object',
);

/** Seconds of the epoch, which other programs tell with a fraction; as ms, or the fallback where they are none. */
export function momentOf(seconds: number | null | undefined, fallback: number): number {
  const ms = Math.round((seconds ?? Number.NaN) * 1000);
  return ms >= 0 && ms <= 8_640_000_000_000_000 ? ms : fallback;
}

/** A title within our bounds. */
export function titleOf(title: string | null | undefined): string {
  const words = (title ?? '').replace(/\s+/g, ' ').trim();
  return words.length <= 200 ? words || 'Untitled' : `${words.slice(0, 199).toWellFormed()}…`;
}

/** A text as the model wrote it, with its tags, as parts. */
export function splitParts(text: string, options: SplitterOptions): Segment[] {
  if (!text.includes('<')) return [{ kind: 'answer', text: text.trim() }]; // which is most of them
  return splitText(text, options).segments.map(([kind, piece]) => ({ kind, text: piece }));
}

/** Neighbours of one kind as one, without the empty ones. */
function joinParts(parts: readonly Segment[]): Segment[] {
  const joined: { kind: Segment['kind']; texts: string[] }[] = [];
  for (const { kind, text } of parts) {
    if (text.trim() === '') continue;
    const last = joined.at(-1);
    if (last?.kind === kind) last.texts.push(text);
    else joined.push({ kind, texts: [text] });
  }
  return joined.map(({ kind, texts }) => ({ kind, text: texts.join('\n\n') }));
}

export function questionOf(
  place: Pick<ExportedMessage, 'id' | 'threadId' | 'parentId' | 'createdAt'>,
  text: string,
  pictures: readonly string[] = [],
): ExportedMessage {
  const attachments = picturesOf(pictures);
  return {
    ...place,
    role: 'user',
    parts: [{ kind: 'answer', text }],
    ...(attachments.length > 0 && { attachments }),
  };
}

/** Pictures that a file itself holds (`data:` addresses), as far as a question may have them; nothing is fetched. */
function picturesOf(addresses: readonly string[]): NonNullable<ExportedMessage['attachments']> {
  return addresses.slice(0, attachmentLimits.count).flatMap((address, at) => {
    const image = /^data:image\/[a-z+.-]{1,20};base64,(.+)$/s.exec(address)?.[1];
    if (image === undefined) return [];
    try {
      const { name, mediaType, content } = parseAttachment({ name: `picture-${at + 1}`, image });
      return [{ name, mediaType, content }];
    } catch {
      return []; // too large, or no picture
    }
  });
}

/**
 * An answer of another program. What it did not tell is not made up: there are no times, and tokens are estimated from the
 * text unless it told them.
 */
export function answerOf(
  place: Pick<ExportedMessage, 'id' | 'threadId' | 'parentId' | 'createdAt'>,
  told: {
    origin: ForeignOrigin;
    model: string;
    label?: string | undefined;
    parts: readonly Segment[];
    finish: Finish;
    usage?: ReportedUsage | undefined;
  },
): ExportedMessage {
  const parts = joinParts(told.parts);
  const model = told.model.slice(0, 300) || 'unknown';
  const generation: ExportedGeneration = {
    providerId: told.origin,
    modelKey: model,
    modelId: model,
    providerLabel: originLabels[told.origin],
    modelLabel: (told.label ?? '').slice(0, 300) || model,
    recording: false,
    sampling: {},
    queuedAt: place.createdAt,
    times: {},
    notices: [],
    finish: told.finish,
    ...((parts.length > 0 || told.usage) && {
      usage: accountUsage({
        reported: told.usage,
        reasoningText: textOfKind(parts, 'reasoning'),
        answerText: textOfKind(parts, 'answer'),
      }),
    }),
    origin: told.origin,
  };
  return { ...place, role: 'assistant', parts, generation };
}

/** A question that has no answer in the file gets one that says so, so that it can be asked again. */
export const noAnswer: Finish = { outcome: 'interrupted', reason: 'unknown', complete: false };
