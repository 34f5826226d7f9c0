import { type ExportedConversation, exportFormat, type ForeignOrigin } from '../exported.ts';
import { convertChatGpt } from './chatgpt.ts';
import { convertChatUi } from './chat-ui.ts';
import { convertClaude } from './claude.ts';
import { convertDeepSeek } from './deepseek.ts';
import { exportFileSchema } from './export-schema.ts';
import { ImportProblem, parseAt } from './foreign.ts';
import { originLabels } from './origin-labels.ts';
import { convertLibreChat } from './librechat.ts';
import { convertLobeHub, lobeHubTables } from './lobehub.ts';
import { convertOpenWebUi } from './open-webui.ts';

/** What was found in a file. */
export interface ParsedImport {
  origin: typeof exportFormat | ForeignOrigin;
  conversations: ExportedConversation[];
  /** Conversations that could not be read and were left out, as their reader wished. */
  leftOut: number;
}

/** A file of which some conversations cannot be read; the others could be brought in without them. */
export class OddConversations extends ImportProblem {
  readonly odd: number;
  readonly others: number;

  constructor(first: ImportProblem, counts: { odd: number; others: number }) {
    super(first.path, first.message);
    this.odd = counts.odd;
    this.others = counts.others;
  }
}

type Converter = (item: unknown, path: readonly PropertyKey[], now: number) => ExportedConversation;

/** One line a program whose files hold a conversation each, or a list of them; LobeHub's is a file of tables. */
const converters: Record<Exclude<ForeignOrigin, 'lobehub'>, Converter> = {
  chatgpt: convertChatGpt,
  'open-webui': convertOpenWebUi,
  deepseek: convertDeepSeek,
  librechat: convertLibreChat,
  claude: convertClaude,
  'chat-ui': convertChatUi,
};

/**
 * A file's JSON as conversations of ours. Nothing in it is run, followed or used as a name: texts are texts, and what is not
 * known is left out. Of another program's file, conversations that cannot be read are left out where `leaveOutOdd` says so.
 * @param now epoch ms, for conversations that do not tell when they were
 * @throws ImportProblem, with the path to what is wrong; `OddConversations` where others could be read
 */
export function parseImport(value: unknown, now: number, options: { leaveOutOdd?: boolean } = {}): ParsedImport {
  if (isObject(value) && 'format' in value && value.format === exportFormat) {
    return { origin: exportFormat, conversations: parseAt(exportFileSchema, value, []).conversations, leftOut: 0 };
  }
  if (isObject(value) && lobeHubTables(value)) {
    return { origin: 'lobehub', conversations: convertLobeHub(value, now).filter(isNotEmpty), leftOut: 0 };
  }
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const origin = items.map(originOf).find((found) => found !== undefined);
  if (!origin) throw new ImportProblem([], unknownWords(items));
  const names = new Set(['']);
  const problems: ImportProblem[] = [];
  const conversations = items.flatMap((item, i) => {
    try {
      const conversation = converted(item, origin, Array.isArray(value) ? [i] : [], now);
      const isNamed = !names.has(conversation.id);
      names.add(conversation.id);
      return [isNamed ? conversation : renamed(conversation, `${now}.${i}:`)];
    } catch (error) {
      if (!(error instanceof ImportProblem)) throw error;
      problems.push(error);
      return [];
    }
  });
  const [first] = problems;
  if (first && (!options.leaveOutOdd || conversations.length === 0)) {
    if (conversations.length === 0) throw first;
    throw new OddConversations(first, { odd: problems.length, others: conversations.length });
  }
  return { origin, conversations: conversations.filter(isNotEmpty), leftOut: problems.length };
}

const isNotEmpty = ({ messages }: ExportedConversation) => messages.length > 0;

function converted(
  item: unknown,
  origin: Exclude<ForeignOrigin, 'lobehub'>,
  path: readonly PropertyKey[],
  now: number,
): ExportedConversation {
  if (originOf(item) !== origin) throw new ImportProblem(path, 'is no conversation like the others');
  return converters[origin](item, path, now);
}

function unknownWords(items: readonly unknown[]): string {
  if (items.length === 0) return 'holds no conversation';
  const names = Object.values(originLabels);
  return `is neither Thinkglass's own export nor one of those that are known: ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** Whose conversation it is, by what only theirs has. */
function originOf(item: unknown): Exclude<ForeignOrigin, 'lobehub'> | undefined {
  if (!isObject(item)) return undefined;
  if ('mapping' in item) return 'inserted_at' in item || holdsFragments(item.mapping) ? 'deepseek' : 'chatgpt';
  if ('chat_messages' in item) return 'claude';
  const chat = 'chat' in item ? item.chat : item;
  if (isObject(chat) && 'history' in chat && isObject(chat.history)) return 'open-webui';
  const messages = 'messages' in item ? item.messages : 'messagesTree' in item ? item.messagesTree : undefined;
  if (!Array.isArray(messages)) return undefined;
  const first: unknown = messages[0];
  if (isObject(first) && 'from' in first) return 'chat-ui';
  return 'conversationId' in item || (isObject(first) && 'messageId' in first) ? 'librechat' : undefined;
}

function holdsFragments(mapping: unknown): boolean {
  if (!isObject(mapping)) return false;
  return Object.values(mapping).some(
    (node: unknown) => isObject(node) && 'message' in node && isObject(node.message) && 'fragments' in node.message,
  );
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
