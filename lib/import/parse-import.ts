import { type ExportedConversation, exportFormat, type ForeignOrigin } from '../exported.ts';
import { convertChatGpt } from './chatgpt.ts';
import { exportFileSchema } from './export-schema.ts';
import { ImportProblem, parseAt } from './foreign.ts';
import { convertOpenWebUi } from './open-webui.ts';

/** What was found in a file. */
export interface ParsedImport {
  origin: typeof exportFormat | ForeignOrigin;
  conversations: ExportedConversation[];
}

const converters: Record<ForeignOrigin, typeof convertChatGpt> = {
  chatgpt: convertChatGpt,
  'open-webui': convertOpenWebUi,
};

/**
 * A file's JSON as conversations of ours, all of them or none. Nothing in it is run, followed or used as a name: texts are
 * texts, and what is not known is left out.
 * @param now epoch ms, for conversations that do not tell when they were
 * @throws ImportProblem, with the path to what is wrong
 */
export function parseImport(value: unknown, now: number): ParsedImport {
  if (isObject(value) && 'format' in value && value.format === exportFormat) {
    return { origin: exportFormat, conversations: parseAt(exportFileSchema, value, []).conversations };
  }
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const origin = originOf(items[0]);
  if (!origin) throw new ImportProblem([], unknownWords(items));
  const names = new Set(['']);
  const conversations = items.map((item, i) => {
    const path = Array.isArray(value) ? [i] : [];
    if (originOf(item) !== origin) throw new ImportProblem(path, 'is no conversation like those before it');
    const conversation = converters[origin](item, path, now);
    const isNamed = !names.has(conversation.id);
    names.add(conversation.id);
    return isNamed ? conversation : renamed(conversation, `${now}.${i}:`);
  });
  return { origin, conversations: conversations.filter(({ messages }) => messages.length > 0) };
}

function unknownWords(items: readonly unknown[]): string {
  if (items.length === 0) return 'holds no conversation';
  return "is neither Thinkglass's own export, nor ChatGPT's conversations.json, nor Open WebUI's export of chats";
}

function originOf(item: unknown): ForeignOrigin | undefined {
  if (!isObject(item)) return undefined;
  if ('mapping' in item) return 'chatgpt';
  const chat = 'chat' in item ? item.chat : item;
  return isObject(chat) && 'history' in chat && isObject(chat.history) ? 'open-webui' : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Ids of messages that are no other's: a conversation that has no id of its own, or another's, lends no name. */
function renamed(conversation: ExportedConversation, prefix: string): ExportedConversation {
  return {
    ...conversation,
    messages: conversation.messages.map((message) => ({
      ...message,
      id: prefix + message.id,
      parentId: message.parentId === null ? null : prefix + message.parentId,
    })),
  };
}
