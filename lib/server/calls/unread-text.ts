import { cleanName } from './errors.ts';
import { isRecord } from './json.ts';

/** Text under a name that nobody here reads. */
export interface UnreadText {
  name: string;
  text: string;
}

/** As much of it as is kept, in UTF-16 units, and under so many names. */
const maxText = 8000;
const maxNames = 5;
const maxDepth = 4;
const maxEntries = 100;

/**
 * Names under which servers send what is no text of the answer: who answers, how far it is, what it costs, what it calls.
 * Those that are read (`content`, `reasoning` …) are not among them: this is looked at only where nothing was read.
 */
const harmless = new Set(
  (
    'id object created created_at model system_fingerprint service_tier provider type event object_type role index ' +
    'status state phase stage mode step kind format date time timestamp ' +
    'finish_reason native_finish_reason stop_reason matched_stop done_reason done context ' +
    'logprobs top_logprobs prompt_logprobs tokens token_ids prompt_token_ids usage x_groq timings prompt_progress ' +
    'tool_calls tool_call_id tool_use function_call tool_name annotations citations search_results web_search sources ' +
    'references audio images image image_url video files attachments ' +
    'metadata provider_metadata provider_specific_fields vendor extra extra_body extra_fields meta debug trace user ' +
    'obfuscation moderation content_filter_results prompt_filter_results content_filter_offsets safety_ratings ' +
    'signature encrypted_content redacted_thinking reasoning_details reasoning_effort reasoning_format ' +
    'base_resp error errors warning warnings request kv_transfer_params nvext cost latency region'
  ).split(' '),
);
const harmlessEnding =
  /(?:^|[_-])(?:ids?|signature|fingerprint|hash|metadata|info|reason|results?|stats?|usage|metrics|urls?|name|label|title|version|time|timestamp|date|status)$/i;

/**
 * What strings an object holds under other names than these and the harmless ones, each with all that lies below it.
 * @param known names whose contents are looked at elsewhere.
 */
export function findUnreadText(value: Record<string, unknown>, known: readonly string[] = []): UnreadText[] {
  const found: UnreadText[] = [];
  for (const [name, held] of Object.entries(value).slice(0, maxEntries)) {
    if (known.includes(name) || isHarmless(name)) continue;
    const text = stringsIn(held, 0);
    if (text !== '') found.push({ name: cleanName(name), text });
  }
  return found;
}

function isHarmless(name: string): boolean {
  return harmless.has(name) || harmlessEnding.test(name);
}

function stringsIn(value: unknown, depth: number): string {
  if (typeof value === 'string') return value;
  if (depth >= maxDepth) return '';
  if (Array.isArray(value))
    return value
      .slice(0, maxEntries)
      .map((item) => stringsIn(item, depth + 1))
      .join('');
  if (!isRecord(value)) return '';
  return Object.entries(value)
    .slice(0, maxEntries)
    .map(([name, held]) => (isHarmless(name) ? '' : stringsIn(held, depth + 1)))
    .join('');
}

/** Gathers what came under unread names over a whole stream, where only the whole shows whether it is text. */
export class UnreadTexts {
  readonly #byName = new Map<string, { text: string; first: string; count: number; isSame: boolean }>();

  add({ name, text }: UnreadText): void {
    const known = this.#byName.get(name);
    if (known) {
      known.count++;
      known.isSame &&= text === known.first;
      if (known.text.length < maxText) known.text += text;
    } else if (this.#byName.size < maxNames) this.#byName.set(name, { text, first: text, count: 1, isSame: true });
  }

  /** Those that look like text: words or a sentence, not a state told again and again, nor an id. */
  found(): UnreadText[] {
    return [...this.#byName].flatMap(([name, { text, count, isSame }]) =>
      looksLikeText(text) && !(isSame && count > 2) ? [{ name, text: text.slice(0, maxText) }] : [],
    );
  }
}

function looksLikeText(text: string): boolean {
  return /\p{L}\S*\s+\S*\p{L}/u.test(text) || /\p{L}[.!?]\s*$/u.test(text) || /[^\P{L}\p{ASCII}]{2}/u.test(text);
}
