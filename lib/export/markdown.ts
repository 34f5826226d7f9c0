import type { ExportedConversation, ExportedMessage, ExportedThread } from '../exported.ts';
import { cutBlocks } from '../markdown/blocks.ts';
import { formatCost, formatCount, formatCounted, formatDuration } from '../quantity-words.ts';
import { errorSentence } from '../sentences.ts';
import { textOfKind } from '../stream-part.ts';
import { thinkingMsOf } from '../token-rate.ts';
import type { UsageSource } from '../usage.ts';

export interface MarkdownOptions {
  /** With what the models thought, quoted. */
  thinking: boolean;
  /** A line of tokens, times and cost under each answer. */
  figures: boolean;
  /** The last messages of the branches that are wanted; a thread without one is told by the branch looked at last. */
  leafIds?: ReadonlySet<string>;
}

/**
 * A conversation to be read elsewhere: of each thread one branch, the threads of a comparison one after another. Text is
 * Markdown as the model wrote it, questions too; a code block that was cut off is closed, so that it ends where it ended.
 */
export function renderMarkdown(conversation: ExportedConversation, options: MarkdownOptions): string {
  const { threads, messages, title } = conversation;
  const heading = `# ${headingText(title) || 'Conversation'}`;
  const columns = threads.map((thread) => ({ thread, path: branchOf(messages, thread, options.leafIds) }));
  if (columns.length < 2) {
    return joined([heading, ...columns.flatMap(({ path }) => path.map((m) => renderMessage(m, 2, options)))]);
  }
  const parts = columns.flatMap(({ thread, path }, i) => [
    `## ${i + 1}. ${headingText(labelOf(thread, path))}`,
    ...path.map((message) => renderMessage(message, 3, options)),
  ]);
  return joined([heading, ...parts]);
}

function joined(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** From the first question to the wanted leaf, or down the newest messages. */
function branchOf(
  messages: readonly ExportedMessage[],
  thread: ExportedThread,
  leafIds: ReadonlySet<string> | undefined,
): ExportedMessage[] {
  const own = messages.filter(({ threadId }) => threadId === thread.id);
  const byId = new Map(own.map((message) => [message.id, message]));
  const newestChild = new Map(own.map((message) => [message.parentId, message]));
  const wanted = own.find(({ id }) => leafIds?.has(id)) ?? byId.get(thread.leafId ?? '');
  const path: ExportedMessage[] = [];
  for (let at = wanted; at; at = at.parentId === null ? undefined : byId.get(at.parentId)) path.unshift(at);
  for (let at = newestChild.get(wanted?.id ?? null); at; at = newestChild.get(at.id)) path.push(at);
  return path;
}

function labelOf(thread: ExportedThread, path: readonly ExportedMessage[]): string {
  const answer = path.findLast(({ generation }) => generation)?.generation;
  return answer ? `${answer.modelLabel} · ${answer.providerLabel}` : thread.settings.model.modelKey;
}

function renderMessage(message: ExportedMessage, level: number, options: MarkdownOptions): string {
  const { generation, parts } = message;
  const mark = '#'.repeat(level);
  if (!generation) {
    const files = message.attachments?.map(({ name }) => headingText(name)).join(', ');
    const text = closed(parts.map(({ text: piece }) => piece).join(''));
    return [`${mark} You`, text, files && `*Attached: ${files}*`].filter((piece) => piece).join('\n\n');
  }
  const thinking = options.thinking ? textOfKind(parts, 'reasoning').trim() : '';
  const discarded = options.thinking ? textOfKind(parts, 'discarded').trim() : '';
  const pieces = [
    `${mark} ${headingText(generation.modelLabel)}${generation.recording ? ' (recording)' : ''}`,
    thinking && quoted('Thinking', thinking),
    closed(textOfKind(parts, 'answer')),
    discarded && quoted('Discarded text', discarded),
    endingOf(generation),
    options.figures && figuresOf(generation),
  ];
  return pieces.filter((piece) => piece).join('\n\n');
}

/** In a block quote, line by line, so that nothing in it can end it. */
function quoted(label: string, text: string): string {
  const lines = closed(text).split(/\r\n|\r|\n/);
  return [`> **${label}**`, '>', ...lines.map((line) => (line === '' ? '>' : `> ${line}`))].join('\n');
}

/** The text, with its last code block closed if it was cut off in it. */
function closed(text: string): string {
  const trimmed = text.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd();
  const { fence } = cutBlocks(`${trimmed}\n`).state;
  return fence ? `${trimmed}\n${' '.repeat(fence.container)}${fence.mark.repeat(fence.length)}` : trimmed;
}

/** One line, without what would make it more than words. */
function headingText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>#]/g, '\\$&');
}

function endingOf({ finish, error }: NonNullable<ExportedMessage['generation']>): string {
  if (error) return `*${headingText(errorSentence(error))}*`;
  if (finish.outcome === 'stopped') return '*Stopped.*';
  if (finish.outcome === 'interrupted') return '*Interrupted.*';
  return finish.reason === 'length' ? '*Cut off: the limit of tokens was reached.*' : '';
}

const sourceWords: Record<UsageSource, string> = {
  reported: 'as the provider reported',
  events: 'one for each event of the stream',
  split: 'total reported, split counted here',
  counted: 'counted here',
  estimated: 'estimated',
};

function figuresOf({ usage, times, finish }: NonNullable<ExportedMessage['generation']>): string {
  const thinkingMs = times.reasoningEnd === undefined ? undefined : thinkingMsOf(times, usage);
  const facts = [
    usage &&
      `${formatCount(usage.reasoningTokens)} thinking + ${formatCount(usage.answerTokens)} answer tokens (${sourceWords[usage.source]})`,
    usage?.promptTokens !== undefined && formatCounted(usage.promptTokens, 'prompt token'),
    thinkingMs !== undefined && `thought ${formatDuration(thinkingMs)}`,
    times.end !== undefined && `${formatDuration(times.end)} in all`,
    finish.cost !== undefined && formatCost(finish.cost),
  ];
  const told = facts.filter((fact) => fact);
  return told.length > 0 ? `*${told.join(' · ')}*` : '';
}
