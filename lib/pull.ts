import type { GenerationError } from './errors.ts';

/** How the download of a model goes on. At most one of `done` and `error` ends it; a cancelled one just ends. */
export type PullEvent =
  /** `status`: the server's own word for what it does. Bytes of all files so far, once they are known. */
  | { type: 'progress'; status: string; completed?: number; total?: number }
  | { type: 'done' }
  | { type: 'error'; error: GenerationError };

const maxNameLength = 200;

/** Whether this can name a model: `r1`, `deepseek-r1:8b`, `library/r1`, `hf.co/user/model:Q4_K_M`. Safe in a shell. */
export function isModelName(name: string): boolean {
  if (name.length > maxNameLength || name.includes('..')) return false;
  return name.split('/').every((piece) => /^[A-Za-z0-9][\w.-]*(:\w[\w.-]*)?$/.test(piece));
}
