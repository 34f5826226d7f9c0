import assert from 'node:assert/strict';
import test from 'node:test';
import { columnActionsOf } from '../../../components/compare/column-actions.ts';
import { newConversationStore } from '../../../components/conversation/conversation-store.ts';
import type { ThreadSettings } from '../../../lib/conversation.ts';

const settings = (modelKey: string, temperature?: number): ThreadSettings => ({
  model: { providerId: 'p', modelKey },
  sampling: { ...(temperature !== undefined && { temperature }) },
});
const nothing = () => {};

/** What the menu of one of three columns would offer. */
function actionsOf(at: number, change: { saved?: boolean; isRunning?: boolean; count?: number } = {}) {
  const all = [settings('a', 0.2), settings('b'), settings('c')] as const;
  const store = newConversationStore([all[0], ...all.slice(1, change.count ?? 3)]);
  const view = { ...store.getView(), saved: change.saved ?? false };
  const thread = view.threads[at];
  assert.ok(thread);
  const actions = columnActionsOf(thread, {
    store,
    view,
    names: ['A', 'B', 'C'],
    isRunning: change.isRunning ?? false,
    isWide: false,
    onFocus: nothing,
    onAskAlone: nothing,
    onContinueAlone: nothing,
    onRemove: nothing,
  });
  return { store, actions };
}

test('a column at the edge moves only inwards', () => {
  assert.equal(actionsOf(0).actions.onMoveLeft, undefined);
  assert.ok(actionsOf(0).actions.onMoveRight);
  assert.ok(actionsOf(2).actions.onMoveLeft);
  assert.equal(actionsOf(2).actions.onMoveRight, undefined);
});

test('a new comparison keeps two columns, one that has begun may become a chat', () => {
  assert.equal(actionsOf(0, { count: 2 }).actions.onRemove, undefined);
  assert.ok(actionsOf(0, { count: 2, saved: true }).actions.onRemove);
});

test('nobody goes on with a column alone while it runs, or before it was asked', () => {
  assert.ok(actionsOf(0, { saved: true }).actions.onContinueAlone);
  assert.equal(actionsOf(0, { saved: true, isRunning: true }).actions.onContinueAlone, undefined);
  assert.equal(actionsOf(0).actions.onContinueAlone, undefined);
});

test('the settings of each other column can be taken over', () => {
  const { store, actions } = actionsOf(1);
  assert.deepEqual(
    actions.copyFrom.map(({ label }) => label),
    ['A', 'C'],
  );
  actions.copyFrom[0]?.onCopy();
  const [first, second] = store.getView().threads;
  assert.deepEqual(
    [second?.settings.model, second?.settings.sampling],
    [first.settings.model, first.settings.sampling],
  );
});
