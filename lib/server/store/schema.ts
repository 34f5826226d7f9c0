import type { ForeignOrigin } from '../../exported.ts';
import type { Generated } from 'kysely';
import type { PromptTemplateId } from '../../model.ts';
import type { UsageSource } from '../../usage.ts';
import type { ExtractionRule } from '../../lab/extract.ts';
import type { RunState, SampleState } from '../../lab/run.ts';

/**
 * The tables as Kysely types. Both engines hold the same: ids are text made by us, moments are epoch milliseconds, JSON is text,
 * booleans are 0 or 1.
 */
export interface Database {
  conversations: WithDefaults<
    ConversationRow,
    'pinned_at' | 'archived_at' | 'deleted_at' | 'deleted_by' | 'title_source' | 'lab_run_id'
  > &
    SearchMark;
  threads: ThreadRow & { leaf_id: Generated<string | null> };
  messages: MessageRow & SearchMark;
  generations: GenerationRow & ContinuationMark & ImportMark;
  checkpoints: CheckpointRow;
  run_commands: RunCommandRow;
  instances: InstanceRow;
  rate_counts: RateCountRow;
  model_pulls: ModelPullRow;
  own_providers: OwnProviderRow;
  model_overrides: ModelOverrideRow;
  shares: ShareRow;
  attachments: AttachmentRow;
  attachment_contents: AttachmentContentRow;
  token_log_days: TokenLogDayRow;
  token_log_marks: TokenLogMarkRow;
  lab_runs: LabRunRow;
  lab_questions: LabQuestionRow;
  lab_samples: WithDefaults<LabSampleRow, 'pilot' | 'attempts' | 'not_before'>;
  lab_shares: LabShareRow;
  search_entries: Omit<SearchEntryRow, 'id'> & { id: Generated<number> };
}

export interface ConversationRow {
  id: string;
  owner_id: string;
  /** Empty until it has one. */
  title: string;
  created_at: number;
  /** Epoch ms of the last question; never goes back. */
  updated_at: number;
  /** Place of the next message. */
  next_seq: number;
  /** Epoch ms. */
  pinned_at: number | null;
  archived_at: number | null;
  /** Epoch ms; then its owner is nobody, and `deleted_by` may have it back until it is purged. */
  deleted_at: number | null;
  deleted_by: string | null;
  /** Who made its title; a person's is never replaced. Not known of older ones, which counts as a person's. */
  title_source: 'question' | 'model' | 'person';
  /** The run of the lab whose samples it holds; such a one is in no list and no search. */
  lab_run_id: string | null;
}

export interface ThreadRow {
  id: string;
  conversation_id: string;
  position: number;
  /** JSON of `ThreadSettings`. */
  settings: string;
}

export interface MessageRow {
  id: string;
  conversation_id: string;
  thread_id: string;
  parent_id: string | null;
  role: 'user' | 'assistant';
  /** JSON of `Segment[]`. */
  parts: string;
  created_at: number;
  /** Place in the order of insertion, from 0, within the conversation. */
  seq: number;
}

/** The token log. What a chart may sum or group by has a column of its own. */
export interface GenerationRow {
  /** The id of the answer it makes. */
  id: string;
  owner_id: string;
  conversation_id: string;
  thread_id: string;
  /** The server process that runs it, or ran it. */
  instance_id: string;
  provider_id: string;
  model_key: string;
  model_id: string;
  answered_model: string | null;
  provider_label: string;
  model_label: string;
  /** Whose it is, in bits, so that sums are kept apart by it: 1, a recording; 2, asked by the lab. */
  recording: number;
  /** JSON of `Sampling`. */
  sampling: string;
  queued_at: number;
  first_byte_ms: number | null;
  reasoning_start_ms: number | null;
  reasoning_end_ms: number | null;
  answer_start_ms: number | null;
  end_ms: number | null;
  prompt_tokens: number | null;
  cached_prompt_tokens: number | null;
  reasoning_tokens: number | null;
  answer_tokens: number | null;
  usage_source: UsageSource | null;
  /** JSON of what else `Usage` holds: the tokens that no text shows, the server's own times. */
  usage_details: string | null;
  /** JSON of what the provider said about tokens, as it said it. */
  usage_raw: string | null;
  /** USD. */
  cost: number | null;
  state: 'running' | 'complete' | 'stopped' | 'interrupted' | 'failed';
  finish_reason: 'stop' | 'length' | 'filtered' | 'error' | 'other' | 'unknown' | null;
  raw_finish_reason: string | null;
  complete: number | null;
  /** JSON of `GenerationError`. */
  error: string | null;
  /** JSON of `Notice[]`. */
  notices: string;
  request_url: string | null;
  request_body: string | null;
  /** JSON: the model's exact text, as far as the message's parts do not hold it, and how it was filed before; null: not known. */
  raw_text: string | null;
  /** JSON of the thought's health with its places; the next four are its figures, for sums. */
  health: string | null;
  format_ok: number | null;
  /** From 0 to 1. */
  language_share: number | null;
  /** From 0 to 1. */
  repetition_share: number | null;
  rethinks: number | null;
  /** The generation this row is a copy of: its tokens were spent there, so sums leave it out. */
  copied_from: string | null;
  /** The month or day of the prices that the cost was reckoned with. */
  prices_as_of: string | null;
  /** JSON of `Timeline`. */
  timeline: string | null;
  /** Null: asked before this was kept. */
  prompt_template: PromptTemplateId | null;
  /** From its being queued to the first token of thinking or answer. */
  first_token_ms: number | null;
  /** How long its thinking could be seen. */
  thinking_ms: number | null;
  /** Of what could be seen, over the time in which it spoke. */
  tokens_per_second: number | null;
}

/** What has arrived of a running answer, appended; gone when the answer is written. */
export interface CheckpointRow {
  generation_id: string;
  seq: number;
  /** JSON of `StreamPart[]`. */
  parts: string;
  /** JSON: the exact text that came with these parts, as far as they do not hold it; null: not known. */
  raw_text: string | null;
  /** Where the generation's log stood behind these parts; 0: not known, from a version that did not say. */
  place: number;
}

/** How often something was done in the time that began then, at all processes together. */
export interface RateCountRow {
  /** Which limit, and of whom (rate-limit.ts). */
  key: string;
  began_at: number;
  count: number;
}

/** A download of a model that runs, wherever. */
export interface ModelPullRow {
  id: string;
  owner_id: string;
  /** When its process last said so, by the database's clock, epoch ms. */
  renewed_at: number;
}

/** What is wanted of a generation that runs in another process. */
export interface RunCommandRow {
  generation_id: string;
  command: 'stop' | 'answer-now' | 'delete';
  sent_at: number;
}

/** What a generation was called where it was imported from; null where it was made here. */
interface ImportMark {
  imported_from: Generated<'thinkglass' | ForeignOrigin | null>;
  imported_id: Generated<string | null>;
}

/** A server process. */
export interface InstanceRow {
  id: string;
  host: string;
  pid: number;
  started_at: number;
  heartbeat_at: number;
  /** By which its secret is told from another one; null: from a version that did not say. */
  secret_mark: string | null;
}

/** A provider that a person has added. */
export interface OwnProviderRow {
  id: string;
  owner_id: string;
  preset_id: string | null;
  label: string;
  base_url: string;
  /** Encrypted; the store cannot read it. The next two belong to it. */
  sealed_key: string | null;
  /** Its last four characters. */
  key_end: string | null;
  /** Scheme, host and port it was entered for. */
  key_origin: string | null;
  /** JSON of `ListedModel[]`: what the server's list last held; null until it has been read. */
  listed: string | null;
  created_at: number;
}

/** What a person says about a model of any provider, their own or the server's. */
export interface ModelOverrideRow {
  owner_id: string;
  provider_id: string;
  model_key: string;
  /** JSON of `ModelOverride`. */
  override: string;
}

/** The answer that a generation goes on with; null where it began anew. */
interface ContinuationMark {
  continues: Generated<string | null>;
}
/** Columns that need not be given. */
type WithDefaults<Row, Keys extends keyof Row> = Omit<Row, Keys> & { [K in Keys]: Generated<Row[K]> };

/** 1: its text is not in the search index as it is, which is so from its beginning. Whoever changes the text says so. */
interface SearchMark {
  search_stale: Generated<number>;
}

/** A title, question, file, thought or answer, or a piece of a long one, in the search index. Its terms are SQLite's `search_fts` under the same id. */
export interface SearchEntryRow {
  id: number;
  owner_id: string;
  conversation_id: string;
  /** Null for a title. */
  message_id: string | null;
  /** A file is told by its place among what is attached to its question. */
  kind: 'title' | 'question' | `file:${number}` | 'reasoning' | 'answer';
}

/** What is attached to a question. */
export interface AttachmentRow {
  message_id: string;
  /** Place among what is attached there, from 0. */
  position: number;
  conversation_id: string;
  content_id: string;
  name: string;
  media_type: string;
  /** Bytes. */
  size: number;
}

/** What is in an attached file: a text as it is, a picture in base64. Columns that were asked the same share it. */
export interface AttachmentContentRow {
  id: string;
  conversation_id: string;
  content: string;
}

/** A link to a frozen snapshot. */
export interface ShareRow {
  /** 16 random bytes as base64url; whoever knows it may read. */
  id: string;
  owner_id: string;
  conversation_id: string;
  title: string;
  column_count: number;
  /** JSON of `ShareSnapshot`; empty once it is revoked. */
  snapshot: string;
  thinking: 'shown' | 'folded' | 'left-out';
  numbers: number;
  system_prompts: number;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  views: number;
  last_view_at: number | null;
}

/** The sums of a person's generations of one day of UTC that are alike in all that the token log can be narrowed by. */
export interface TokenLogDayRow {
  owner_id: string;
  /** Days since 1 January 1970. */
  day: number;
  provider_id: string;
  model_key: string;
  /** Empty for none. */
  prompt_template: PromptTemplateId | '';
  recording: number;
  generations: number;
  /** Of the newest one. */
  last_id: string;
  /** JSON of `StoredSums`. */
  sums: string;
}

/** The sums of this day are to be made again: a generation of it was written since. */
export interface TokenLogMarkRow {
  owner_id: string;
  day: number;
  /** The transaction that did; empty on SQLite, where only one writes at a time. */
  writer: string;
}

/** A run of the lab. */
export interface LabRunRow {
  id: string;
  owner_id: string;
  title: string;
  state: RunState;
  /** JSON of `RunPause`. */
  pause: string | null;
  /** JSON of `LabPlan`, `RunFacts` and `LabSetting[]`. */
  plan: string;
  facts: string;
  settings: string;
  /** Samples in all. */
  planned: number;
  /** Grows with everything that its figures are made of. */
  version: number;
  /** The server process that asks its samples. */
  instance_id: string | null;
  /** How long it has run. */
  active_ms: number;
  /** JSON of `StoredFigures`, and the version and moment it was made at. */
  figures: string | null;
  figures_version: number | null;
  figures_at: number | null;
  created_at: number;
  updated_at: number;
}

export interface LabQuestionRow {
  run_id: string;
  position: number;
  /** JSON of `LabQuestion`. */
  question: string;
}

/** A planned sample. Short columns before long ones: SQLite walks through what stands before. */
export interface LabSampleRow {
  run_id: string;
  number: number;
  setting: number;
  question: number;
  sample: number;
  state: SampleState;
  /** 1: asked by the pilot. */
  pilot: number;
  attempts: number;
  /** Epoch ms before which it is not asked again. */
  not_before: number;
  by_hand: 'right' | 'wrong' | null;
  thinking_tokens: number | null;
  answer_tokens: number | null;
  prompt_tokens: number | null;
  source: UsageSource | null;
  cost: number | null;
  ms: number | null;
  format_ok: number | null;
  language_share: number | null;
  budget_kept: number | null;
  /** Natural logarithm, a mean over its tokens. */
  mean_logprob: number | null;
  verdict: 'same' | 'different' | 'unsure' | null;
  rule: ExtractionRule | null;
  in_thinking: number | null;
  scorer: number | null;
  finish_reason: string | null;
  answered_model: string | null;
  generation_id: string | null;
  ended_at: number | null;
  /** JSON of `ErrorCause`. */
  error: string | null;
  vote: string | null;
  found: string | null;
}

/** A link to a frozen run. */
export interface LabShareRow {
  id: string;
  owner_id: string;
  run_id: string;
  /** JSON of `LabSnapshot`. */
  snapshot: string;
  created_at: number;
}
