import { cutTokens } from './tokens.ts';
import type { Recording, ReplayModelKey } from './transcript.ts';

/** One token of a reply: the field it comes in, and whether it is part of the thinking. */
export interface Piece {
  field: 'content' | 'reasoning_content';
  text: string;
  isReasoning: boolean;
}

/** A stretch of a reply before it is cut. `whole`: one special token, never cut. */
interface Run {
  field: Piece['field'];
  text: string;
  isReasoning: boolean;
  whole?: boolean;
}

/** Names which habits a reply has on the wire. `field`: DeepSeek's API. `inline`: a server that passes on what the model writes. */
export type WireStyle = 'field' | 'inline';

interface Form {
  style: WireStyle;
  /** Usual tokens per second. */
  pace: number;
  render: (recording: Recording) => Run[];
}

const forms: Record<ReplayModelKey, Form> = {
  r1: { style: 'inline', pace: 45, render: renderThinkBlock },
  'r1-budget': { style: 'inline', pace: 45, render: renderThinkBlock },
  'r1-field': { style: 'field', pace: 55, render: renderFields },
  'r1-zero': { style: 'inline', pace: 40, render: renderAnswerTags },
  v3: { style: 'field', pace: 60, render: renderFields },
};

/** How this model's replies look on the wire, and how fast they come. */
export function formOf(model: ReplayModelKey): { style: WireStyle; pace: number } {
  return forms[model];
}

/** Cutting the longest recording takes a tenth of a second, so what is cut is kept as long as its recording. */
const cut = new WeakMap<Recording, Map<ReplayModelKey, readonly Piece[]>>();

/** A recording as this model would write it, token by token. */
export function cutRecording(model: ReplayModelKey, recording: Recording): readonly Piece[] {
  const byModel = cut.get(recording) ?? new Map<ReplayModelKey, readonly Piece[]>();
  const pieces = byModel.get(model) ?? cutRuns(forms[model].render(recording));
  cut.set(recording, byModel.set(model, pieces));
  return pieces;
}

function cutRuns(runs: Run[]): Piece[] {
  return runs.flatMap(({ field, text, isReasoning, whole }) =>
    (whole ? [text] : cutTokens(text)).map((piece) => ({ field, text: piece, isReasoning })),
  );
}

/** R1 has one token for each of its tags, and writes an empty block when it does not think. */
function renderThinkBlock({ reasoning, answer }: Recording): Run[] {
  return [
    { field: 'content', text: '<think>', isReasoning: true, whole: true },
    { field: 'content', text: reasoning ? `\n${reasoning}\n` : '\n\n', isReasoning: true },
    { field: 'content', text: '</think>', isReasoning: true, whole: true },
    { field: 'content', text: `\n\n${answer}`, isReasoning: false },
  ];
}

function renderFields({ reasoning, answer }: Recording): Run[] {
  return [
    { field: 'reasoning_content', text: reasoning, isReasoning: true },
    { field: 'content', text: answer, isReasoning: false },
  ];
}

/** For R1-Zero, a base model, tags are text like any other: they come in pieces. */
function renderAnswerTags({ reasoning, answer }: Recording): Run[] {
  return [
    { field: 'content', text: `<think>${reasoning}</think>`, isReasoning: true },
    { field: 'content', text: ` <answer>${answer}</answer>`, isReasoning: false },
  ];
}

export interface WireReply {
  model: ReplayModelKey;
  pieces: readonly Piece[];
  finish: 'stop' | 'length';
  promptTokens: number;
  /** Whether the request asked for usage; DeepSeek's API sends it anyway. */
  includeUsage: boolean;
  /** A raw completion: chunks hold text, not deltas of a message. */
  asText?: boolean;
  id: string;
  /** Epoch seconds. */
  created: number;
}

/** The events of a reply, in server-sent event form: what comes before the first token, a token, and what ends it. */
export interface WireEvents {
  opening: string;
  renderToken: (piece: Piece) => string;
  closing: string;
}

export function renderEvents(reply: WireReply): WireEvents {
  return formOf(reply.model).style === 'field' ? renderFieldEvents(reply) : renderInlineEvents(reply);
}

function renderInlineEvents(reply: WireReply): WireEvents {
  const chunk = (delta: { role?: string; content?: string }, finish: string | null) => {
    const said = reply.asText ? { text: delta.content ?? '' } : { delta };
    return event({ ...head(reply), choices: [{ index: 0, ...said, logprobs: null, finish_reason: finish }] });
  };
  const usage = event({ ...head(reply), choices: [], usage: totals(reply) });
  return {
    opening: chunk({ role: 'assistant', content: '' }, null),
    renderToken: ({ text }) => chunk({ content: text }, null),
    closing: `${chunk({}, reply.finish)}${reply.includeUsage ? usage : ''}data: [DONE]\n\n`,
  };
}

/** DeepSeek's own API (recorded in December 2025): both fields in each chunk of a thinking model, usage on the last. */
function renderFieldEvents(reply: WireReply): WireEvents {
  const reasoningTokens = reply.pieces.filter((piece) => piece.isReasoning).length;
  const thinks = reasoningTokens > 0;
  const none = { content: null, reasoning_content: null };
  const chunk = (delta: object, finish: string | null, usage: object | null) =>
    event({ ...head(reply), choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage });
  const usage = {
    ...totals(reply),
    prompt_tokens_details: { cached_tokens: 0 },
    ...(thinks && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
    prompt_cache_hit_tokens: 0,
    prompt_cache_miss_tokens: reply.promptTokens,
  };
  const opening = thinks ? { content: null, reasoning_content: '' } : { content: '' };
  return {
    opening: chunk({ role: 'assistant', ...opening }, null, null),
    renderToken: ({ field, text }) => chunk(thinks ? { ...none, [field]: text } : { content: text }, null, null),
    closing: `${chunk(thinks ? { ...none, content: '' } : { content: '' }, reply.finish, usage)}data: [DONE]\n\n`,
  };
}

function head({ id, created, model, asText }: WireReply) {
  return { id, object: asText ? 'text_completion' : 'chat.completion.chunk', created, model };
}

function totals({ promptTokens, pieces }: WireReply) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: pieces.length,
    total_tokens: promptTokens + pieces.length,
  };
}

function event(chunk: object): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
