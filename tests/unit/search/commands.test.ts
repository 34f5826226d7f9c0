import assert from 'node:assert/strict';
import test from 'node:test';
import { isShortcut, type ShortcutName, shortcuts } from '../../../components/client/shortcuts.ts';
import { keyWords } from '../../../components/client/key-words.ts';
import { type Command, matchingCommands } from '../../../components/search/commands.ts';

const press = (key: string, held: Partial<KeyboardEvent> = {}) =>
  ({
    key,
    code: '',
    keyCode: 0,
    isComposing: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...held,
  }) as KeyboardEvent;

test('a key is known with exactly what is held down with it, on a Mac too', () => {
  assert.ok(isShortcut(press('k', { ctrlKey: true }), 'search'));
  assert.ok(isShortcut(press('K', { metaKey: true }), 'search'), 'Caps Lock is no other key');
  assert.ok(!isShortcut(press('k', { ctrlKey: true, shiftKey: true }), 'search'));
  assert.ok(!isShortcut(press('k'), 'search'));
  assert.ok(isShortcut(press('O', { ctrlKey: true, shiftKey: true }), 'newChat'));
  assert.ok(isShortcut(press('†', { altKey: true, code: 'KeyT' }), 'thought'), 'Option+T writes a dagger');
  assert.ok(!isShortcut(press('t', { altKey: true, ctrlKey: true }), 'thought'));
  assert.ok(isShortcut(press('?', { shiftKey: true }), 'keys'));
  assert.ok(isShortcut(press('?'), 'keys'), 'where no Shift is needed for it');
  assert.ok(!isShortcut(press('k', { ctrlKey: true, isComposing: true }), 'search'));
});

test('no key means two things', () => {
  const alike: ShortcutName[] = ['tools', 'column', 'rename', 'delete']; // each only where one is
  const keys = Object.entries(shortcuts).flatMap(([name, of]) => (alike.includes(name as ShortcutName) ? [] : of));
  assert.deepEqual(keys, [...new Set(keys)]);
});

test('a key is written as it is on the keyboard', () => {
  assert.equal(keyWords('Mod+Shift+o', false), 'Ctrl Shift O');
  assert.equal(keyWords('Mod+Shift+o', true), '⌘ ⇧ O');
  assert.equal(keyWords('Alt+ArrowLeft', false), 'Alt ←');
});

test('a command is found by the beginnings of its words, and by others that mean it', () => {
  const run = () => undefined;
  const commands: Command[] = [
    { words: 'New chat', more: 'ask', run },
    { words: 'New comparison', run },
    { words: 'Appearance: dark', more: 'theme night', run },
  ];
  const found = (query: string) => matchingCommands(commands, query).map(({ words }) => words);
  assert.deepEqual(found('new co'), ['New comparison']);
  assert.deepEqual(found('theme'), ['Appearance: dark']);
  assert.deepEqual(found('hat'), []);
  assert.equal(found('').length, 3);
});
