import { AppError } from '../../errors.ts';
import { errorSentence } from '../../sentences.ts';

/**
 * A response's body as text.
 * @throws AppError `too_large` when it is longer than allowed.
 */
export async function readBounded(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      const told = { code: 'answer-too-long', facts: { maxBytes } } as const;
      throw new AppError('too_large', errorSentence(told), { told });
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
