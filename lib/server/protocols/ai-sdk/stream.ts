import type {
  LanguageModelV4FinishReason,
  LanguageModelV4Source,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
  SharedV4Warning,
} from '@ai-sdk/provider';
import type { FinishReason } from '../../../stream-part.ts';
import type { ReportedUsage } from '../../../usage.ts';
import { cleanName, findUpstreamError, type UpstreamError } from '../../calls/errors.ts';
import { boundedRecord, isRecord } from '../../calls/json.ts';
import type { StreamFact } from '../../calls/stream-facts.ts';
import type { TextBuffer } from '../../calls/text-buffer.ts';

/** A block of thinking or answer while it comes. */
interface Block {
  text: string[];
  metadata: SharedV4ProviderMetadata | undefined;
}

/**
 * Reads a stream of the AI SDK to its end into a buffer. Nothing waits for more: what has come by the next turn of the
 * event loop is handed on together, which is what one read of the connection brought.
 */
export async function readParts(
  parts: ReadableStream<LanguageModelV4StreamPart>,
  buffer: TextBuffer,
  observe: (fact: StreamFact) => void,
): Promise<void> {
  const take = createPartTaker(buffer, observe);
  const reader = parts.getReader();
  let flushing: NodeJS.Immediate | undefined;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      take(next.value);
      if (buffer.finished) return;
      flushing ??= setImmediate(() => {
        flushing = undefined;
        buffer.flush();
      });
    }
  } finally {
    if (flushing) clearImmediate(flushing);
    buffer.flush();
    reader.cancel().catch(ignore); // it may have failed; the one who reads it has been told
  }
}

function createPartTaker(
  buffer: TextBuffer,
  observe: (fact: StreamFact) => void,
): (part: LanguageModelV4StreamPart) => void {
  const blocks = new Map<string, Block>();
  const sources = new Map<string, LanguageModelV4Source>();
  let model = '';

  /** What the provider wants back with a block is told behind its text. */
  const endBlock = (kind: 'reasoning' | 'answer', id: string) => {
    const block = blocks.get(id);
    blocks.delete(id);
    if (!block?.metadata) return;
    buffer.flush();
    observe({ type: 'opaque', kind, text: block.text.join(''), protocol: 'ai-sdk', data: block.metadata });
  };
  const addTo = (id: string, text: string, metadata: SharedV4ProviderMetadata | undefined): Block => {
    const block = blocks.get(id) ?? { text: [], metadata: undefined };
    blocks.set(id, block);
    if (text !== '') block.text.push(text);
    if (metadata) block.metadata = mergeMetadata(block.metadata, metadata);
    return block;
  };

  return (part) => {
    switch (part.type) {
      case 'stream-start':
        for (const warning of part.warnings) observeWarning(warning, observe);
        return;
      case 'response-metadata':
        if (part.modelId === undefined || part.modelId === model) return;
        model = part.modelId;
        observe({ type: 'model', id: cleanName(model) });
        return;
      case 'reasoning-start':
      case 'text-start':
        addTo(part.id, '', part.providerMetadata);
        return;
      case 'reasoning-delta':
      case 'text-delta':
        addTo(part.id, part.delta, part.providerMetadata);
        buffer.add(part.type === 'reasoning-delta', part.delta);
        return;
      case 'reasoning-end':
      case 'text-end':
        addTo(part.id, '', part.providerMetadata);
        endBlock(part.type === 'reasoning-end' ? 'reasoning' : 'answer', part.id);
        return;
      case 'source':
        sources.set(part.sourceType === 'url' ? part.url : part.title, part);
        return;
      case 'finish':
        buffer.add(false, renderSources([...sources.values()]));
        observe({ type: 'usage', raw: boundedRecord(part.usage.raw ?? {}), usage: convertUsage(part.usage) });
        if (part.finishReason.unified !== 'interrupted') observe(finishFact(part.finishReason));
        return;
      case 'error':
        buffer.finish({ type: 'error', error: convertError(part.error) });
        return;
      case 'ping':
        observe({ type: 'keep-alive' });
        return;
      default:
        return; // tools, files and raw chunks: none are asked for
    }
  };
}

function mergeMetadata(
  before: SharedV4ProviderMetadata | undefined,
  more: SharedV4ProviderMetadata,
): SharedV4ProviderMetadata {
  const merged: SharedV4ProviderMetadata = { ...before };
  for (const [provider, data] of Object.entries(more)) merged[provider] = { ...merged[provider], ...data };
  return merged;
}

function observeWarning(warning: SharedV4Warning, observe: (fact: StreamFact) => void): void {
  if (warning.type !== 'unsupported' && warning.type !== 'compatibility') return;
  const { feature, details } = warning;
  observe({ type: 'not-taken', feature, ...(details !== undefined && { said: details.slice(0, 300) }) });
}

/** The list of what an answer was made from, as Markdown under it; empty without any. */
function renderSources(sources: readonly LanguageModelV4Source[]): string {
  if (sources.length === 0) return '';
  const lines = sources.map((source) => {
    const title = cleanName(source.title ?? (source.sourceType === 'url' ? source.url : '')).replace(/[[\]\\]/g, ' ');
    return source.sourceType === 'url'
      ? `- [${title}](<${source.url.replace(/[<>\s]/g, encodeURIComponent)}>)`
      : `- ${title}`;
  });
  return `\n\n---\n\n${lines.join('\n')}\n`;
}

/** What was not said is undefined, never 0. */
function convertUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): ReportedUsage {
  return {
    ...(inputTokens.total !== undefined && { promptTokens: inputTokens.total }),
    ...(inputTokens.cacheRead !== undefined && { cachedPromptTokens: inputTokens.cacheRead }),
    ...(outputTokens.total !== undefined && { outputTokens: outputTokens.total }),
    ...(outputTokens.reasoning !== undefined && { reasoningTokens: outputTokens.reasoning }),
  };
}

function finishFact({ unified, raw }: LanguageModelV4FinishReason): StreamFact {
  return { type: 'finish', reason: cleanName(raw ?? unified), meaning: meaningOf(unified) };
}

function meaningOf(unified: LanguageModelV4FinishReason['unified']): FinishReason {
  switch (unified) {
    case 'stop':
    case 'length':
    case 'error':
      return unified;
    case 'content-filter':
      return 'filtered';
    default:
      return 'other';
  }
}

/** An error of the SDK as a provider's own: its words, its code, or the status they stand for. */
export function convertError(error: unknown): UpstreamError {
  if (typeof error === 'string') return { message: error };
  if (!isRecord(error)) return { message: String(error) };
  const said = findUpstreamError({ error: error.data }) ?? findUpstreamError(error.data);
  const message = said?.message ?? (typeof error.message === 'string' ? error.message : JSON.stringify(error));
  const code = error.statusCode ?? error.code ?? said?.code;
  const type = error.type ?? said?.type;
  return {
    message,
    ...((typeof code === 'number' || typeof code === 'string') && { code }),
    ...(typeof type === 'string' && { type }),
  };
}

function ignore(): void {}
