/** Where each answer of a thread ends by itself, whatever its model would do. */
export interface Guard {
  /** Tokens of thinking, as they are counted while it is written. */
  thinkingTokens?: number;
  /** USD of one answer, by the model's prices; where there are none it cannot hold. */
  cost?: number;
}

/** Whether it says anything. */
export function isGuarded(guard: Guard | undefined): guard is Guard {
  return guard?.thinkingTokens !== undefined || guard?.cost !== undefined;
}
