import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../lib/errors.ts';

test('an error from another copy of the file is an AppError too, and nothing else is', async () => {
  // As in the built app, where each bundle has a copy and the runtime is shared between them.
  const again = '../../lib/errors.ts?another-copy';
  const { AppError: Other } = (await import(again)) as typeof import('../../lib/errors.ts');
  assert.notEqual(Other, AppError);
  assert.ok(new Other('not_found', 'Gone.') instanceof AppError);
  for (const value of [
    new Error('x'),
    Object.assign(new Error('x'), { code: 'not_found', name: 'AppError' }),
    null,
    7,
  ]) {
    assert.equal((value as unknown) instanceof AppError, false);
  }
});
