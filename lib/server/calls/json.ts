/** Undefined when it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether this is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number above 0; undefined for anything else. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** Numbers, flags and short words of an object, two levels deep: a provider's counts without anything it may smuggle in. */
export function boundedRecord(value: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const entries = Object.entries(value)
    .filter(([key]) => key.length <= 64 && key !== '__proto__')
    .slice(0, 40)
    .flatMap(([key, item]): [string, unknown][] => {
      if (item === null || typeof item === 'number' || typeof item === 'boolean') return [[key, item]];
      if (isRecord(item) && depth < 2) return [[key, boundedRecord(item, depth + 1)]];
      return [];
    });
  return Object.fromEntries(entries);
}
