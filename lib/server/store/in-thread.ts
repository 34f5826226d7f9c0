import { AppError } from '../../errors.ts';
import type { Engine } from './engine.ts';

const writes = new Map<string, (engine: Engine, args: readonly unknown[]) => Promise<unknown>>();

/**
 * A write that, on SQLite, is made as a whole in the thread that writes: one message there and back, however many statements it
 * is, and nothing of making them in the server's own. What it is given and gives must survive a message (plain data), and it
 * must wait for nothing but its statements, since the thread does nothing else meanwhile.
 *
 * @param name under which the thread knows it
 */
export function inThread<Args extends unknown[], Result>(
  name: string,
  write: (engine: Engine, ...args: Args) => Promise<Result>,
): (engine: Engine, ...args: Args) => Promise<Result> {
  writes.set(name, (engine, args) => write(engine, ...(args as Args))); // as `call` sent them
  return (engine, ...args) => (engine.call ? (engine.call(name, args) as Promise<Result>) : write(engine, ...args));
}

/** Makes one of them, in the thread. */
export function makeWrite(engine: Engine, name: string, args: readonly unknown[]): Promise<unknown> {
  const write = writes.get(name);
  if (!write) throw new Error(`The store's thread knows no ${name}.`);
  return write(engine, args);
}

/** An error of the store as it crosses the border of its thread, which keeps none of the properties of an error. */
export interface SentError {
  code: AppError['code'];
  message: string;
  retryAfterSeconds: number | undefined;
  told: AppError['told'];
  field: string | undefined;
  cause: { message: string; properties: object } | undefined;
}

export function sendError(error: unknown): SentError {
  const known =
    error instanceof AppError ? error : new AppError('internal', 'The storage did not take this.', { cause: error });
  const { code, message, retryAfterSeconds, told, field, cause } = known;
  const causeSent = cause instanceof Error ? { message: cause.message, properties: { ...cause } } : undefined;
  return { code, message, retryAfterSeconds, told, field, cause: causeSent };
}

export function receiveError({ code, message, cause, retryAfterSeconds, told, field }: SentError): AppError {
  return new AppError(code, message, {
    ...(cause && { cause: Object.assign(new Error(cause.message), cause.properties) }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(told && { told }),
    ...(field !== undefined && { field }),
  });
}
