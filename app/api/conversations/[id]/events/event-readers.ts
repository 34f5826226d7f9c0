import { AppError } from '../../../../../lib/errors.ts';

/** As many as one person may have answers running, and some for everybody. */
const maxEach = 600;
const maxAll = 5_000;

const readers = new Map<string, number>();
let all = 0;

/**
 * Takes a place for one more reader of event streams; the result gives it back, once.
 * @throws AppError `too_many_requests`
 */
export function admitReader(viewerId: string): () => void {
  const own = readers.get(viewerId) ?? 0;
  if (own >= maxEach || all >= maxAll) {
    const words = own >= maxEach ? `You follow ${own} conversations at once already.` : 'Too many follow answers now.';
    throw new AppError('too_many_requests', `${words} Close some of them and try again.`, { retryAfterSeconds: 10 });
  }
  readers.set(viewerId, own + 1);
  all++;
  let isHere = true;
  return () => {
    if (!isHere) return;
    isHere = false;
    all--;
    const left = (readers.get(viewerId) ?? 1) - 1;
    if (left > 0) readers.set(viewerId, left);
    else readers.delete(viewerId);
  };
}
