import type { Message } from '../../lib/conversation.ts';

/** Which of several answers to one question (or questions after one answer) is shown: the child's id by its parent's. */
export type BranchChoice = Readonly<Record<string, string>>;

/** One message of the shown path, with the messages that could stand in its place, oldest first, itself included. */
export interface PathNode {
  message: Message;
  siblings: readonly Message[];
}

/** The messages of a thread from its first question to the last shown answer; the newest child where none was chosen. */
export function pathOf(messages: readonly Message[], threadId: string, choice: BranchChoice): PathNode[] {
  const children = new Map<string, Message[]>();
  for (const message of messages) {
    if (message.threadId !== threadId) continue;
    const key = branchKey(message.parentId);
    const list = children.get(key);
    if (list) list.push(message);
    else children.set(key, [message]);
  }
  const path: PathNode[] = [];
  let siblings = children.get(branchKey(null));
  while (siblings) {
    const shown = shownOf(siblings, choice);
    if (!shown) break;
    path.push({ message: shown, siblings });
    siblings = children.get(shown.id);
  }
  return path;
}

/** The key of a parent in `BranchChoice`. */
export function branchKey(parentId: string | null): string {
  return parentId ?? 'first';
}

function shownOf(siblings: readonly Message[], choice: BranchChoice): Message | undefined {
  const chosen = choice[branchKey(siblings[0]?.parentId ?? null)];
  return siblings.find((message) => message.id === chosen) ?? siblings.at(-1);
}
