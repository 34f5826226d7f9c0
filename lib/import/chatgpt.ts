import { z } from 'zod';
import type { ExportedConversation, ExportedMessage } from '../exported.ts';
import type { Finish, Segment } from '../stream-part.ts';
import { type Node, type Placed, treeOf } from './chat-tree.ts';
import {
  answerOf,
  dictionarySchema,
  ImportProblem,
  momentOf,
  noAnswer,
  parseAt,
  questionOf,
  splitParts,
  titleOf,
} from './foreign.ts';

/*
 * ChatGPT's `conversations.json`: a list of conversations, each a tree of nodes under `mapping`. A node may hold a message;
 * one answer is a chain of them (its thoughts, calls of tools and what they gave, the text). There is no published
 * schema: this reads what exports hold by 2026, and passes over what it does not know.
 */

const conversationSchema = z.object({
  id: z.string().optional(),
  conversation_id: z.string().nullish(),
  title: z.string().nullish(),
  create_time: z.number().nullish(),
  update_time: z.number().nullish(),
  mapping: dictionarySchema,
  current_node: z.string().nullish(),
  default_model_slug: z.string().nullish(),
});

const messageSchema = z.object({
  author: z.object({ role: z.string() }),
  create_time: z.number().nullish(),
  content: z.object({
    content_type: z.string(),
    parts: z.array(z.unknown()).optional(),
    text: z.string().nullish(),
    result: z.string().nullish(),
    thoughts: z.array(z.object({ summary: z.string().nullish(), content: z.string().nullish() })).optional(),
  }),
  status: z.string().nullish(),
  recipient: z.string().nullish(),
  channel: z.string().nullish(),
  weight: z.number().nullish(),
  metadata: z
    .object({
      model_slug: z.string().nullish(),
      is_visually_hidden_from_conversation: z.boolean().nullish(),
      is_user_system_message: z.boolean().nullish(),
      finish_details: z.object({ type: z.string().nullish() }).nullish(),
    })
    .nullish(),
});

const nodeSchema = z.object({ parent: z.string().nullish(), message: messageSchema.nullish() });

type Told = z.infer<typeof messageSchema>;
interface ToldNode extends Placed {
  message: Told | undefined;
  kind: Kind;
}

/** `part`: of an answer. `skip`: nothing that anybody was shown. */
type Kind = 'question' | 'part' | 'skip';

/** The answer under way on a way down the tree. */
interface Run {
  /** The parts of each of its messages, the last one first. */
  parts: Chain | undefined;
  /** Of them all, in UTF-16 units and a little for each. */
  size: number;
  /** Of its first message, in ms. */
  at?: number;
  model?: string;
  last?: Told;
}

interface Chain {
  own: readonly Segment[];
  before: Chain | undefined;
}

/** Where a way down the tree has come to. */
interface Way {
  node: Node<ToldNode>;
  /** Our message that what comes follows. */
  parent: { id: string; role: ExportedMessage['role'] } | undefined;
  run: Run;
}

const nothingYet: Run = { parts: undefined, size: 0 };
/** Answers may begin alike and be told each in full; a small file must not become a large one so. */
const maxToldSize = 150_000_000;
const threadId = 'thread';

/**
 * A conversation of ChatGPT, with all its branches; the one that was looked at last is the newest.
 * @throws ImportProblem
 */
export function convertChatGpt(value: unknown, path: readonly PropertyKey[], now: number): ExportedConversation {
  const told = parseAt(conversationSchema, value, path);
  const createdAt = momentOf(told.create_time, now);
  const slug = (told.default_model_slug || 'unknown').slice(0, 300);
  const name = told.conversation_id ?? told.id ?? '';
  const place = [...path, 'mapping'];
  const nodes = Object.entries(told.mapping).map(([id, value]): ToldNode => {
    const { parent, message } = parseAt(nodeSchema, value, [...place, id]);
    const kind = message ? kindOf(message) : 'skip';
    return { id, parentId: parent ?? undefined, message: message ?? undefined, kind };
  });
  const messages = readMessages(treeOf(nodes, told.current_node ?? undefined), { slug, createdAt, name }, place);
  const newest = messages.findLast(({ role }) => role === 'user');
  return {
    id: name,
    title: titleOf(told.title),
    createdAt,
    updatedAt: momentOf(told.update_time, newest?.createdAt ?? createdAt),
    threads: [{ id: threadId, settings: { model: { providerId: 'chatgpt', modelKey: slug }, sampling: {} } }],
    messages,
  };
}

/** Ways down without recursion: a conversation may be longer than the stack is deep. Nodes in a ring are on none. */
function readMessages(
  roots: readonly Node<ToldNode>[],
  facts: { slug: string; createdAt: number; name: string },
  path: readonly PropertyKey[],
): ExportedMessage[] {
  const messages: ExportedMessage[] = [];
  let toldSize = 0;
  const ways: Way[] = roots.toReversed().map((node) => ({ node, parent: undefined, run: nothingYet }));
  for (let way = ways.pop(); way; way = ways.pop()) {
    const { node } = way;
    let { parent, run } = way;
    const { message, kind } = node.told;
    const id = `${facts.name}/${node.told.id}`;
    if (message && kind === 'question') {
      const createdAt = momentOf(message.create_time, facts.createdAt);
      const parentId = parent?.id ?? null;
      messages.push(questionOf({ id, threadId, parentId, createdAt }, textOf(message)));
      [parent, run] = [{ id, role: 'user' }, nothingYet];
    } else if (message && kind === 'part') {
      run = grown(run, message);
    }
    let answered = parent;
    // An answer ends where somebody asks on, and where nothing follows.
    const ends = node.children.length === 0 || node.children.some(({ told }) => told.kind === 'question');
    if (ends && parent?.role === 'user') {
      toldSize += run.size;
      if (toldSize > maxToldSize) throw new ImportProblem(path, 'has too many branches that begin with the same text');
      const answer = endRun(run, { id: `${id}#answer`, parentId: parent.id }, facts);
      messages.push(answer);
      answered = { id: answer.id, role: 'assistant' };
    }
    for (const child of node.children.toReversed()) {
      ways.push(
        child.told.kind === 'question'
          ? { node: child, parent: answered, run: nothingYet }
          : { node: child, parent, run },
      );
    }
  }
  return messages;
}

function grown(run: Run, message: Told): Run {
  const model = message.metadata?.model_slug ?? run.model;
  const at = run.at ?? (message.create_time ? momentOf(message.create_time, 0) : undefined);
  const own = partsOf(message);
  return {
    parts: { own, before: run.parts },
    size: own.reduce((sum, { text }) => sum + text.length, run.size + 100),
    ...(model && { model }),
    ...(at !== undefined && { at }),
    last: message,
  };
}

function endRun(
  run: Run,
  place: { id: string; parentId: string },
  facts: { slug: string; createdAt: number },
): ExportedMessage {
  return answerOf(
    { ...place, threadId, createdAt: run.at ?? facts.createdAt },
    {
      origin: 'chatgpt',
      model: run.model ?? facts.slug,
      parts: inOrder(run.parts),
      finish: run.last ? finishOf(run.last) : noAnswer,
    },
  );
}

function inOrder(chain: Chain | undefined): Segment[] {
  const links: (readonly Segment[])[] = [];
  for (let at = chain; at; at = at.before) links.push(at.own);
  return links.reverse().flat();
}

function kindOf({ author, content, weight, metadata }: Told): Kind {
  const isHidden = metadata?.is_visually_hidden_from_conversation || metadata?.is_user_system_message || weight === 0;
  // Hidden or not, a model's thoughts are its thoughts.
  if (content.content_type === 'thoughts') return 'part';
  if (isHidden || content.content_type === 'reasoning_recap' || content.content_type === 'user_editable_context') {
    return 'skip';
  }
  if (author.role === 'user') return 'question';
  return author.role === 'assistant' || author.role === 'tool' ? 'part' : 'skip';
}

function partsOf(message: Told): Segment[] {
  const { author, content, recipient, channel } = message;
  if (content.content_type === 'thoughts') {
    const thoughts = (content.thoughts ?? []).map(({ summary, content: text }) =>
      [summary && `**${summary}**`, text].filter((piece) => piece).join('\n\n'),
    );
    return [{ kind: 'reasoning', text: thoughts.join('\n\n') }];
  }
  const text = textOf(message);
  // Between the model and its tools: kept, but neither thinking nor answer.
  if (author.role === 'tool' || (recipient && recipient !== 'all')) return [{ kind: 'discarded', text }];
  if (channel === 'analysis' || channel === 'commentary') return [{ kind: 'reasoning', text }];
  return splitParts(text, { startsInReasoning: false, answerTags: false });
}

/** Marks of sources, which lead nowhere outside ChatGPT, between characters that no font has. */
const citations = /\uE200[^\uE200\uE201]*\uE201/g;

function textOf({ content }: Told): string {
  const pieces = content.parts ? content.parts.map(wordsOf) : [content.text ?? content.result ?? ''];
  return pieces
    .filter((piece) => piece !== '')
    .join('\n\n')
    .replace(citations, '');
}

/** A part is a text, or something else that may have one. */
function wordsOf(part: unknown): string {
  if (typeof part === 'string') return part;
  if (typeof part !== 'object' || part === null) return '';
  const { content_type: kind, text } = part as { content_type?: unknown; text?: unknown };
  if (typeof text === 'string') return text;
  return typeof kind === 'string' && kind.includes('image') ? '[image]' : '';
}

function finishOf({ status, metadata }: Told): Finish {
  const why = metadata?.finish_details?.type;
  if (why === 'max_tokens') return { outcome: 'complete', reason: 'length', rawReason: why, complete: false };
  if (why === 'interrupted') return { outcome: 'stopped', reason: 'unknown', rawReason: why, complete: false };
  if (status && status !== 'finished_successfully') {
    return { outcome: 'interrupted', reason: 'unknown', complete: false };
  }
  return { outcome: 'complete', reason: why === 'stop' ? 'stop' : 'unknown', complete: true };
}
