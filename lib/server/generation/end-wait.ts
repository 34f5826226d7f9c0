/** How long the end of an answer waits for what is worth knowing about it but is not it, in ms. */
const endWaitMs = 5_000;

/** What is worked out, or undefined when that takes longer than the end of an answer waits. */
export function withinEndWait<T>(working: Promise<T | undefined>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, endWaitMs, undefined);
    void working.then((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}
