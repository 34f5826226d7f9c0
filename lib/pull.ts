import type { GenerationError } from './errors.ts';

/** How the download of a model goes on. At most one of `done` and `error` ends it; a cancelled one just ends. */
export type PullEvent =
  /** `status`: the server's own word for what it does. Bytes of all files so far, once they are known. */
  | { type: 'progress'; status: string; completed?: number; total?: number }
  | { type: 'done' }
  | { type: 'error'; error: GenerationError };
