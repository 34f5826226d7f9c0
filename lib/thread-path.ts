import type { ConversationDetail, Message } from './conversation.ts';

/** Which of several answers to one question (or questions after one answer) is shown: the child's id by `branchKey`. */
export type BranchChoice = Readonly<Record<string, string>>;

/** One message of the shown path, with the messages that could stand in its place, oldest first, itself included. */
export interface PathNode {
  message: Message;
  siblings: readonly Message[];
}

/**
 * The messages of a thread from its first question to the last shown answer; the newest child where none was chosen. Of a
 * conversation whose beginning is left out, from the first that is there.
 */
export function pathOf(messages: readonly Message[], threadId: string, choice: BranchChoice): PathNode[] {
  const children = new Map<string, Message[]>();
  for (const message of messages) {
    if (message.threadId !== threadId) continue;
    const key = branchKey(message);
    const list = children.get(key);
    if (list) list.push(message);
    else children.set(key, [message]);
  }
  const path: PathNode[] = [];
  let siblings = children.get(threadId) ?? firstOf(children);
  while (siblings) {
    const shown = shownOf(siblings, choice);
    if (!shown) break;
    path.push({ message: shown, siblings });
    siblings = children.get(shown.id);
  }
  return path;
}

/** The messages whose parent is not there, of the place that comes first. */
function firstOf(children: ReadonlyMap<string, Message[]>): Message[] | undefined {
  const ids = new Set([...children.values()].flatMap((messages) => messages.map(({ id }) => id)));
  return [...children].find(([key]) => !ids.has(key))?.[1];
}

/** Names the place of a message in `BranchChoice`: its parent, or its thread where it is a first question. */
export function branchKey(message: Pick<Message, 'threadId' | 'parentId'>): string {
  return message.parentId ?? message.threadId;
}

/** The choices by which a message is on the shown path; none for one that is not there. */
export function choiceOf(messages: readonly Message[], messageId: string | undefined): BranchChoice {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const choice: Record<string, string> = {};
  let message = messageId === undefined ? undefined : byId.get(messageId);
  while (message) {
    choice[branchKey(message)] = message.id;
    message = message.parentId === null ? undefined : byId.get(message.parentId);
  }
  return choice;
}

/** How many questions and answers follow a message, on all branches behind it. */
export function countBelow(messages: readonly Message[], messageId: string): number {
  const ids = new Set([messageId]);
  for (const { id, parentId } of messages) if (parentId !== null && ids.has(parentId)) ids.add(id); // parents come first
  return ids.size - 1;
}

function shownOf(siblings: readonly Message[], choice: BranchChoice): Message | undefined {
  const [first] = siblings;
  const chosen = first && choice[branchKey(first)];
  return siblings.find((message) => message.id === chosen) ?? siblings.at(-1);
}

/** What a page begins with of a long conversation: so many messages of all its threads, and so many UTF-16 units. */
const firstMessages = 24;
const firstLength = 100_000;

/**
 * The end of what is shown of each thread, from a question on, with what could stand in its messages' place; the whole,
 * where that is not much more.
 */
export function endOf(detail: ConversationDetail): ConversationDetail {
  const { threads, messages } = detail;
  const kept = new Set<Message>();
  for (const { id, leafId } of threads) {
    const path = pathOf(messages, id, choiceOf(messages, leafId));
    for (const { siblings } of path.slice(cutAt(path, threads.length))) for (const one of siblings) kept.add(one);
  }
  if (messages.every((message) => kept.has(message))) return detail;
  return { ...detail, messages: messages.filter((message) => kept.has(message)), cut: true };
}

/** Where the end begins: at a question, and never behind the last one. */
function cutAt(path: readonly PathNode[], threads: number): number {
  let length = 0;
  let cut = path.length;
  for (let at = path.length - 1; at >= 0; at--) {
    for (const { parts } of path[at]?.siblings ?? []) for (const { text } of parts) length += text.length;
    const isFull = path.length - at > firstMessages / threads || length > firstLength / threads;
    if (isFull && cut < path.length) break;
    if (path[at]?.message.role === 'user') cut = at;
  }
  return cut === path.length ? 0 : cut;
}
