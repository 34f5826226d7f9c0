import { AppError } from '../../lib/errors.ts';
import { isId } from '../../lib/ids.ts';

/** What Next.js hands to a route under `[id]`. */
export interface IdParams {
  params: Promise<{ id: string }>;
}

/** @throws AppError `not_found` for anything that is no id: it cannot name something of ours. */
export async function idOf(context: IdParams): Promise<string> {
  const { id } = await context.params;
  if (!isId(id)) throw new AppError('not_found', 'There is nothing under this address.');
  return id;
}

/** An id that need not be a UUID: the server's own providers have names. */
export async function nameOf(context: IdParams): Promise<string> {
  const { id } = await context.params;
  if (!/^[\w.-]{1,100}$/.test(id)) throw new AppError('not_found', 'There is nothing under this address.');
  return id;
}
