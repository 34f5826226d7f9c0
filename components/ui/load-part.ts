import { Observable } from './observable.ts';

/** How many parts of this page could not be loaded; `attempt` grows when they are tried once more. */
export const missingParts = new Observable({ missing: 0, attempt: 0 });

/** Has every part that is missing try again. */
export function tryPartsAgain(): void {
  missingParts.set({ missing: 0, attempt: missingParts.get().attempt + 1 });
}

/** A part has not come. */
export function tellMissing(): void {
  const { missing, attempt } = missingParts.get();
  missingParts.set({ missing: missing + 1, attempt });
}

/** Before the second and the third try, in ms. */
const pauses = [300, 1200];

/**
 * Loads code that is no part of the first load, tried three times; what does not come is told to the page.
 * @throws what the last try threw
 */
export async function loadPart<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await tryThrice(load);
  } catch (error) {
    tellMissing();
    throw error;
  }
}

/** @throws what the last try threw */
export async function tryThrice<T>(load: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return load();
}
