import type { SharedColumn, SharedMessage, ShareSnapshot } from '../../lib/share.ts';
import { endingWords, filesWords, numbersWords } from './words.ts';

/** A shared conversation as Markdown: what the page says, thinking as quotes. */
export function renderShareMarkdown(snapshot: ShareSnapshot): string {
  const columns = snapshot.columns.map((column) => renderColumn(column, snapshot.columns.length > 1));
  return `${[`# ${oneLine(snapshot.title)}`, ...columns].join('\n\n')}\n`;
}

function renderColumn({ model, systemPrompt, messages }: SharedColumn, isComparison: boolean): string {
  const parts = messages.map((message) => renderMessage(message));
  if (systemPrompt !== undefined) parts.unshift(`**System prompt**\n\n${quote(systemPrompt)}`);
  if (isComparison) parts.unshift(`## ${oneLine(model)}`);
  return parts.join('\n\n');
}

function renderMessage(message: SharedMessage): string {
  if (message.role === 'user') {
    const files = filesWords(message.files);
    return `**Question**\n\n${message.text}${files === undefined ? '' : `\n\n*${oneLine(files)}*`}`;
  }
  const numbers = numbersWords(message);
  return [
    `**${oneLine(message.model)}**${message.recording ? ' (recording)' : ''}`,
    ...(message.thinking === undefined ? [] : [quote(message.thinking)]),
    ...(message.answer === '' ? [] : [message.answer]),
    ...(message.ending ? [`*${endingWords[message.ending]}*`] : []),
    ...(numbers === undefined ? [] : [`*${numbers}*`]),
  ].join('\n\n');
}

function quote(text: string): string {
  return text.replace(/^/gm, '> ');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
