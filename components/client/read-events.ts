/**
 * The events of a stream (`event: TYPE`, then one line `data: JSON`), those of one read together. Other events are passed over.
 * @param types the names of `Event`'s members; our own server's words, so that what they hold is taken as it is
 */
export async function* readEvents<Event extends { type: string }>(
  body: ReadableStream<Uint8Array>,
  types: readonly Event['type'][],
): AsyncGenerator<Event[]> {
  const reader = body.getReader(); // Safari cannot iterate a stream
  const decoder = new TextDecoder();
  const pattern = new RegExp(`^event: (${types.join('|')})\ndata: (.*)$`);
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    yield blocks.flatMap((block) => {
      const [, type, data] = pattern.exec(block) ?? [];
      return type && data ? [{ type, ...(JSON.parse(data) as object) } as unknown as Event] : [];
    });
  }
}
