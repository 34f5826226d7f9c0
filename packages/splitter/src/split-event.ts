/** What a stretch of a model's text is: its thinking, its answer, or text kept but belonging to neither (an invented user turn). */
export type PartKind = 'reasoning' | 'answer' | 'discarded';

/** The three events of the splitter; what they mean is the reference reducer of spec.md, section 1. */
export type SplitEvent =
  | { type: 'delta'; seg: number; kind: PartKind; text: string }
  | { type: 'reclassify'; seg: number; kind: PartKind }
  | { type: 'retract'; seg: number; length: number };
