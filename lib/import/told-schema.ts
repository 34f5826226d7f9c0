import { z } from 'zod';
import { type ErrorCause, type ErrorFacts, generationErrorKinds } from '../errors.ts';
import type { Notice, NoticeFacts } from '../notice.ts';
import { errorOfBefore, noticeOfBefore } from '../sentences-before.ts';

/**
 * Notices and errors of a file: by code and facts; by their sentence in one of an older version, and where a newer one
 * knows more than this.
 */

type FactSchemas<Facts> = { [Code in keyof Facts]: z.ZodType<Facts[Code]> };

/** Names, addresses and sentences: as long as a sentence of then could be. */
const text = z.string().max(10_000);
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const milliseconds = z.number().min(0).max(1e12);
const names = z.array(text).max(100);
const none = z.strictObject({});
const aboutProvider = z.object({ provider: text });
const atAddress = z.object({ provider: text, baseURL: text });
const atReachable = z.object({ provider: text, baseURL: text, local: z.boolean() });
const aboutKey = z.object({ provider: text, variable: text.exactOptional() });
const aboutModel = z.object({ model: text });

const errorFacts: FactSchemas<ErrorFacts> = {
  'not-listening': atReachable,
  'name-not-found': z.object({ provider: text, host: text }),
  'no-connection-in-time': atReachable,
  'no-secure-connection': z.object({ provider: text, baseURL: text, reason: text }),
  'no-proper-http': atAddress,
  'closed-without-answer': aboutProvider,
  'address-refused': z.object({
    reason: z.enum(['no-https', 'reserved', 'own-machine', 'private-network', 'this-server']),
  }),
  'answer-too-long': z.object({ maxBytes: count }),
  'key-refused': aboutKey,
  'key-missing': aboutKey,
  'key-lost': aboutProvider,
  'no-balance': aboutProvider,
  'no-such-model': z.object({ provider: text, model: text.exactOptional(), local: z.boolean() }),
  'model-not-pulled': z.object({ provider: text, model: text }),
  'model-gone': z.object({ provider: text, model: text }),
  'context-exceeded': z.object({
    model: text.exactOptional(),
    tokens: count.exactOptional(),
    contextTokens: count.exactOptional(),
  }),
  'wrong-address': atAddress,
  'not-an-ollama': atAddress,
  redirected: aboutProvider,
  'no-completions': z.object({ provider: text, baseURL: text, model: text.exactOptional() }),
  'takes-no-completions': aboutProvider,
  'web-page': z.object({ provider: text, status: z.number() }),
  'request-refused': aboutProvider,
  'no-puzzle': z.object({ fault: z.enum(['unread', 'count', 'twice', 'range', 'target']) }),
  'not-recorded': z.object({ model: text, others: z.array(text), questions: z.array(text) }),
  'too-many-requests': z.object({ provider: text, seconds: z.number().min(0).exactOptional() }),
  busy: aboutProvider,
  'loading-model': aboutProvider,
  'loading-too-long': z.object({ provider: text, ms: milliseconds }),
  'behind-unreached': z.object({ provider: text, model: text.exactOptional() }),
  asleep: aboutProvider,
  'shut-down': aboutProvider,
  'connection-broke': aboutProvider,
  'timed-out': z.object({
    provider: text,
    limit: z.enum(['first-byte', 'idle', 'keep-alive-only', 'total']),
    ms: milliseconds,
    kept: z.boolean(),
  }),
  'ended-early': aboutProvider,
  'no-end': none,
  'server-stopped': none,
  'failed-while-answering': aboutProvider,
  compressed: aboutProvider,
  'no-stream': z.object({ provider: text, baseURL: text, expects: z.enum(['v1', 'origin']) }),
  'line-too-long': aboutProvider,
  'reading-failed': none,
  'without-a-word': aboutProvider,
  withheld: aboutProvider,
  'out-of-tokens': none,
  'no-model-list': z.object({ provider: text, url: text }),
  'lists-no-model': aboutProvider,
  'no-list-in-time': z.object({ provider: text, baseURL: text, ms: milliseconds }),
  'no-token-in-time': z.object({ provider: text, ms: milliseconds }),
  'test-given-up': none,
  'nothing-to-pull': aboutModel,
  'pull-failed': aboutModel,
  'pull-line-too-long': aboutProvider,
  'pull-ended-early': aboutProvider,
  'pull-silent': aboutProvider,
  'stream-failed': none,
  said: z.object({ text }),
};

const causeSchema = z
  .object({ code: z.string(), facts: z.unknown().optional() })
  .transform((told, context): ErrorCause => {
    const cause = findTold(errorFacts, told);
    if (cause) return cause;
    context.addIssue({ code: 'custom', path: ['facts'], message: 'are not those of this code' });
    return z.NEVER;
  });

const noticeFacts: FactSchemas<NoticeFacts> = {
  'events-left-out': z.object({ provider: text, count }),
  'in-one-piece': aboutProvider,
  'unread-text': z.object({ name: text, text }),
  'split-assumed': z.object({ family: text }),
  'answer-too-large': none,
  'beginning-left-out': z.object({ provider: text, tokens: count, contextTokens: count }),
  'beginning-cut': z.object({
    provider: text,
    read: count,
    tokens: count,
    unread: count,
    contextTokens: count.exactOptional(),
  }),
  'window-slid': z.object({ provider: text, tokens: count, contextTokens: count }),
  'turns-left-out': z.object({ turns: count }),
  'window-full': z.object({ promptTokens: count, contextTokens: count }),
  'not-taken': z.object({ feature: text, said: text.exactOptional() }),
  'thinking-refused': aboutModel,
  retrying: z.object({ error: causeSchema, attempt: count, waitMs: milliseconds, until: milliseconds }),
  'system-prompt-moved': none,
  'model-differs': z.object({ asked: text, answered: text }),
  'turn-cut': none,
  repeating: z.object({ stopped: z.boolean() }),
  'before-loop': z.object({ characters: count }),
  'guard-thinking': z.object({ limit: count }),
  'guard-cost': z.object({ limit: z.number().min(0) }),
  'unknown-variable': z.object({ names }),
  'picture-left-out': z.object({ names, more: z.boolean() }),
  continued: z.object({ thinkingSent: z.boolean() }),
  'beginning-unread': none,
  'thought-on': none,
  'answer-now': z.object({ recording: z.boolean(), inStream: z.literal(true).exactOptional() }),
  said: z.object({ text, was: text.exactOptional() }),
};

/** What is told, if its code is known and its facts are that code's. */
function findTold<Facts>(
  schemas: FactSchemas<Facts>,
  { code, facts }: { code?: string | undefined; facts?: unknown },
): { [Code in keyof Facts]: { code: Code; facts: Facts[Code] } }[keyof Facts] | undefined {
  if (code === undefined || !Object.hasOwn(schemas, code)) return undefined;
  const known = code as keyof Facts; // asked just now
  const parsed = schemas[known].safeParse(facts);
  return parsed.success ? { code: known, facts: parsed.data } : undefined;
}

const withoutSentence = 'has neither facts that go with its code nor a message';

export const noticeSchema = z
  .object({
    code: z.string().regex(/^[a-z][a-z-]{0,39}$/, 'is not one lower-case word'),
    facts: z.unknown().optional(),
    message: text.optional(),
    until: z.number().min(0).optional(),
  })
  .transform(({ message, until, ...told }, context): Notice => {
    const notice = findTold(noticeFacts, told);
    if (notice) return notice;
    if (message !== undefined) return noticeOfBefore({ code: told.code, message, until });
    context.addIssue({ code: 'custom', message: withoutSentence });
    return z.NEVER;
  });

/** Without `fix`: a line to be copied into a shell is nothing to take from a file. */
export const errorSchema = z
  .object({
    kind: z.enum(generationErrorKinds),
    code: z.string().optional(),
    facts: z.unknown().optional(),
    message: text.optional(),
    detail: z.string().max(100_000).exactOptional(),
    status: z.int().min(0).max(999).exactOptional(),
    retryAfterSeconds: z.number().min(0).exactOptional(),
  })
  .transform(({ code, facts, message, ...circumstances }, context) => {
    const cause = findTold(errorFacts, { code, facts });
    if (cause) return { ...circumstances, ...cause };
    if (message !== undefined) return errorOfBefore({ ...circumstances, message });
    context.addIssue({ code: 'custom', message: withoutSentence });
    return z.NEVER;
  });
