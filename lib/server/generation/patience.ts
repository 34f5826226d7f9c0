/** How long the end of an answer waits for what is worth knowing about it but is not it, in ms. */
const patienceMs = 5_000;

/** What is worked out, or undefined when that takes longer than the end of an answer waits. */
export function withinPatience<T>(working: Promise<T | undefined>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const patience = setTimeout(resolve, patienceMs, undefined);
    void working.then((result) => {
      clearTimeout(patience);
      resolve(result);
    });
  });
}
