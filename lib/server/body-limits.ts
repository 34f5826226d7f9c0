/** Bounds of a request's body (docs/limits.md). */
export interface BodyLimits {
  maxMegabytes: number;
  maxMs: number;
}

export const jsonLimits: BodyLimits = { maxMegabytes: 2, maxMs: 30_000 };
/** Of a question with files. */
export const questionLimits: BodyLimits = { maxMegabytes: 10, maxMs: 120_000 };
/** Of a file that is brought in. */
export const importLimits: BodyLimits = { maxMegabytes: 50, maxMs: 120_000 };

/** Of a run of the lab with all its questions. */
export const labLimits: BodyLimits = { maxMegabytes: 64, maxMs: 120_000 };

const questions = /^\/api\/(?:conversations\/?$|conversations\/[^/]+\/messages\/?$)/;

/** What the body of a request to this path may be; known before its route is. */
export function limitsOf(path: string): BodyLimits {
  if (/^\/api\/import\/?$/.test(path)) return importLimits;
  if (/^\/api\/lab\/runs\/?$/.test(path)) return labLimits;
  return questions.test(path) ? questionLimits : jsonLimits;
}

/** A body that says at its head that it is too large; nothing of it is read then. */
export function saysTooLarge(contentLength: string | null | undefined, { maxMegabytes }: BodyLimits): boolean {
  const length = Number(contentLength ?? 0);
  return Number.isFinite(length) && length > maxMegabytes * 1024 * 1024;
}
