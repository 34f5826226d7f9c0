import type { ExportedConversation, ExportedMessage, ForeignOrigin } from '../exported.ts';
import type { Finish, Segment } from '../stream-part.ts';
import type { ReportedUsage } from '../usage.ts';
import { answerOf, noAnswer, questionOf, titleOf } from './foreign.ts';

/** Where a message of another program stands. */
export interface Placed {
  /** Of its own within the conversation. */
  id: string;
  /** What it follows; a message whose parent is not there begins the conversation. */
  parentId: string | undefined;
}

/** A message of another program, read; its program's tree of them becomes ours here. */
export interface ToldMessage extends Placed {
  role: 'question' | 'answer' | 'skip';
  /** Epoch ms. */
  createdAt: number;
  parts: readonly Segment[];
  /** Pictures of a question, as `data:` addresses; those that lead elsewhere are not fetched. */
  pictures?: readonly string[];
  model?: string | undefined;
  label?: string | undefined;
  finish?: Finish;
  usage?: ReportedUsage | undefined;
}

export interface ToldConversation {
  id: string;
  title: string | null | undefined;
  createdAt: number;
  updatedAt?: number | undefined;
  /** The model where a message names none. */
  model: string;
  systemPrompt?: string | undefined;
  messages: readonly ToldMessage[];
  /** The message that was looked at last. */
  current?: string | undefined;
}

export interface Node<T extends Placed> {
  told: T;
  children: Node<T>[];
}

interface Way {
  node: Node<ToldMessage>;
  parent: { id: string; role: ExportedMessage['role'] } | undefined;
}

const threadId = 'thread';
const whole: Finish = { outcome: 'complete', reason: 'unknown', complete: true };

/** A conversation of another program as one of ours, with all its branches; the one that was looked at last is the newest. */
export function conversationOf(origin: ForeignOrigin, told: ToldConversation): ExportedConversation {
  const messages = readMessages(origin, told);
  const newest = messages.findLast(({ role }) => role === 'user');
  const { systemPrompt } = told;
  return {
    id: told.id,
    title: titleOf(told.title),
    createdAt: told.createdAt,
    updatedAt: told.updatedAt ?? newest?.createdAt ?? told.createdAt,
    threads: [
      {
        id: threadId,
        settings: {
          model: { providerId: origin, modelKey: told.model.slice(0, 300) || 'unknown' },
          ...(systemPrompt && { systemPrompt: systemPrompt.slice(0, 100_000) }),
          sampling: {},
        },
      },
    ],
    messages,
  };
}

/** The messages without a parent, all others below them; of children, the one on the way to the current one is the last. */
export function treeOf<T extends Placed>(messages: readonly T[], current: string | undefined): Node<T>[] {
  const nodes = new Map(messages.map((told): [string, Node<T>] => [told.id, { told, children: [] }]));
  const parentOf = (id: string) => nodes.get(id)?.told.parentId;
  const shown = new Set<string>();
  for (let id = current; id !== undefined && !shown.has(id); id = parentOf(id)) shown.add(id);
  const roots: Node<T>[] = [];
  const inOrder = [...nodes.values()].sort((a, b) => Number(shown.has(a.told.id)) - Number(shown.has(b.told.id)));
  for (const node of inOrder) (nodes.get(node.told.parentId ?? '')?.children ?? roots).push(node);
  return roots;
}

/** Without what nobody was shown: what follows it follows what stood before it. */
function shownTree({ messages, current }: ToldConversation): Node<ToldMessage>[] {
  const skipped = new Map(messages.filter(({ role }) => role === 'skip').map((told) => [told.id, told.parentId]));
  const nearest = (from: string | undefined) => {
    const passed = new Set<string>();
    let id = from;
    for (; id !== undefined && skipped.has(id) && !passed.has(id); id = skipped.get(id)) passed.add(id);
    for (const over of passed) skipped.set(over, id); // nobody walks this way again
    return id;
  };
  const shown = messages.filter(({ role }) => role !== 'skip');
  return treeOf(
    shown.map((told) => ({ ...told, parentId: nearest(told.parentId) })),
    nearest(current),
  );
}

/** Ways down without recursion: a conversation may be longer than the stack is deep. Messages in a ring are on none. */
function readMessages(origin: ForeignOrigin, conversation: ToldConversation): ExportedMessage[] {
  const messages: ExportedMessage[] = [];
  const answers = new Map<string, { at: number; told: ToldMessage }>();
  const write = (told: ToldMessage, id: string, parentId: string): ExportedMessage =>
    answerOf(
      { id, threadId, parentId, createdAt: told.createdAt },
      {
        origin,
        model: told.model ?? conversation.model,
        label: told.label,
        parts: told.parts,
        finish: told.finish ?? whole,
        usage: told.usage,
      },
    );
  const ways: Way[] = shownTree(conversation)
    .toReversed()
    .map((node) => ({ node, parent: undefined }));
  for (let way = ways.pop(); way; way = ways.pop()) {
    const { node } = way;
    let { parent } = way;
    const { told } = node;
    const place = { id: `${conversation.id}/${told.id}`, threadId, createdAt: told.createdAt };
    if (told.role === 'question') {
      messages.push(questionOf({ ...place, parentId: parent?.id ?? null }, wordsOf(told.parts), told.pictures));
      parent = { id: place.id, role: 'user' };
    } else if (told.role === 'answer' && parent?.role === 'user') {
      answers.set(place.id, { at: messages.length, told });
      messages.push(write(told, place.id, parent.id));
      parent = { id: place.id, role: 'assistant' };
    } else if (told.role === 'answer' && parent) {
      // An answer goes on where a tool was called in it: what follows is more of the same.
      const begun = answers.get(parent.id);
      const before = begun && messages[begun.at];
      if (begun && before?.parentId) {
        const longer = {
          ...begun.told,
          ...told,
          createdAt: begun.told.createdAt,
          parts: [...begun.told.parts, ...told.parts],
        };
        answers.set(parent.id, { at: begun.at, told: longer });
        messages[begun.at] = write(longer, parent.id, before.parentId);
      }
    }
    // A question that nobody answered, or that was asked on from, has an answer that says so: it can be asked again.
    const unanswered = node.children.length === 0 || node.children.some((child) => child.told.role === 'question');
    let asked = parent;
    if (told.role === 'question' && unanswered) {
      const answer = answerOf(
        { ...place, id: `${place.id}#answer`, parentId: place.id },
        { origin, model: conversation.model, parts: [], finish: noAnswer },
      );
      messages.push(answer);
      asked = { id: answer.id, role: 'assistant' };
    }
    for (const child of node.children.toReversed()) {
      ways.push({ node: child, parent: child.told.role === 'question' ? asked : parent });
    }
  }
  return messages;
}

function wordsOf(parts: readonly Segment[]): string {
  return parts.map(({ text }) => text).join('\n\n');
}

/** A tool that a model called, or what it gave: kept as text that says so, neither thinking nor answer. */
export function toolPart(what: 'call' | 'result', name: string | null | undefined, value: unknown): Segment {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
  const head = what === 'call' ? `Tool call${name ? `: ${name}` : ''}` : `Tool result${name ? ` of ${name}` : ''}`;
  return { kind: 'discarded', text: `${head}\n${text}`.slice(0, 1_000_000) };
}

/** Epoch ms of an ISO date or of milliseconds; the fallback where it is neither. */
export function momentOfDate(value: string | number | null | undefined, fallback: number): number {
  const ms = typeof value === 'number' ? value : Date.parse(value ?? '');
  return ms >= 0 && ms <= 8_640_000_000_000_000 ? Math.round(ms) : fallback;
}
