import type { PartKind } from '@thinkglass/splitter';

/**
 * What a provider gave with a stretch of a model's text, to be handed back to it as it is: a signature, or a thought that
 * only the provider can read. What it means is its protocol's affair; it is never shown and never shared.
 */
export interface OpaqueMark {
  /** Where in the segment the stretch ends, in UTF-16 units; it begins where the one before ended. */
  at: number;
  kind: 'reasoning' | 'answer';
  /**
   * The stretch as it came, because it must go back to the character: the splitter takes white space away and moves what
   * stands between tags. Empty for a thought without text.
   */
  text: string;
  /** JSON. */
  data: unknown;
}

/** All that a segment carries for a provider. */
export interface Opaque {
  protocol: string;
  marks: readonly OpaqueMark[];
}

/** A stretch of an answer as its provider takes it back. */
export interface SignedBlock {
  kind: 'reasoning' | 'answer';
  text: string;
  data?: unknown;
}

/** An answer that carries something for its provider. */
export interface SignedBlocks {
  protocol: string;
  blocks: SignedBlock[];
}

interface Carrier {
  kind: PartKind;
  text: string;
  opaque?: Opaque;
}

/** What a segment carries, with one more mark. A mark of another protocol than before begins anew. */
export function withMark(before: Opaque | undefined, protocol: string, mark: OpaqueMark): Opaque {
  return { protocol, marks: [...(before?.protocol === protocol ? before.marks : []), mark] };
}

/** An answer cut at its marks, to be handed back; undefined where it carries none. */
export function signedBlocksOf(segments: readonly Carrier[]): SignedBlocks | undefined {
  const protocol = segments.findLast(({ opaque }) => opaque)?.opaque?.protocol;
  if (protocol === undefined) return undefined;
  const blocks = segments.flatMap((segment) => (segment.kind === 'discarded' ? [] : blocksOf(segment, protocol)));
  return { protocol, blocks };
}

function blocksOf({ kind, text, opaque }: Carrier, protocol: string): SignedBlock[] {
  const own = kind === 'reasoning' ? 'reasoning' : 'answer';
  const marks = opaque?.protocol === protocol ? opaque.marks : [];
  const blocks: SignedBlock[] = [];
  let from = 0;
  for (const mark of marks) {
    // What stands before a mark of another kind, or before one without text, has none of its own.
    const unmarked = mark.kind === own && mark.text !== '' ? '' : text.slice(from, mark.at);
    if (unmarked !== '') blocks.push({ kind: own, text: unmarked });
    blocks.push({ kind: mark.kind, text: mark.text, data: mark.data });
    from = Math.max(from, mark.at);
  }
  const rest = text.slice(from);
  return rest === '' ? blocks : [...blocks, { kind: own, text: rest }];
}
