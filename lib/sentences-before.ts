import type { ErrorFix, GenerationError, GenerationErrorKind } from './errors.ts';
import type { Notice } from './notice.ts';

/**
 * What was told before it was stored by code and facts: rows of tables up to version 14, and files of then. Their
 * sentences are kept as they are.
 */

/** A notice of then; `code` is a word of its vocabulary, or of another program's. */
export interface NoticeBefore {
  code: string;
  message: string;
  until?: number | undefined;
}

/** An error of then. */
export interface ErrorBefore {
  kind: GenerationErrorKind;
  message: string;
  detail?: string | undefined;
  status?: number | undefined;
  retryAfterSeconds?: number | undefined;
  fix?: { label: string; command: string; pull?: string };
}

export function noticeOfBefore({ code, message, until }: NoticeBefore): Notice {
  // These are counted, and not shown with the others.
  if (code === 'retrying') return { code, facts: retryOf(message, until) };
  return { code: 'said', facts: { text: message, was: code } };
}

function retryOf(message: string, until: number | undefined) {
  const [, text = message, seconds = '0', attempt = '2'] =
    /^(.*) Trying again in (\d{1,9}) s \(attempt (\d{1,9})\)\.$/s.exec(message) ?? [];
  const error = { code: 'said' as const, facts: { text } };
  return { error, attempt: Number(attempt), waitMs: Number(seconds) * 1000, until: until ?? 0 };
}

export function errorOfBefore({ kind, message, fix, detail, status, retryAfterSeconds }: ErrorBefore): GenerationError {
  return {
    kind,
    code: 'said',
    facts: { text: message },
    ...(detail !== undefined && { detail }),
    ...(status !== undefined && { status }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(fix && { fix: fixOfBefore(fix) }),
  };
}

function fixOfBefore({ label, command, pull }: { label: string; command: string; pull?: string }): ErrorFix {
  const [, provider = 'it'] = /^Run this where (.*) runs$/s.exec(label) ?? [];
  return { provider, command, ...(pull !== undefined && { pull }) };
}
