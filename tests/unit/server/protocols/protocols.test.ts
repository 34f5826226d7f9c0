import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getProtocol, protocols } from '../../../../lib/server/protocols/index.ts';

const limits = {
  connectMs: 1,
  firstByteMs: 1,
  firstByteLocalMs: 1,
  idleMs: 1,
  keepAliveOnlyMs: 1,
  totalMs: 1,
};

test('each protocol is found by its name, and the usual one without', () => {
  for (const protocol of protocols) assert.equal(getProtocol(protocol.id), protocol);
  assert.equal(getProtocol(undefined).id, 'openai');
  assert.throws(() => getProtocol('gopher'), /There is no protocol "gopher"/);
});

for (const protocol of protocols) {
  test(`${protocol.id}: a list that is none is none, and its adapter can do what it says`, () => {
    for (const value of [undefined, 'x', 7, { error: 'no' }]) assert.equal(protocol.parseModels(value), undefined);
    const adapter = protocol.createAdapter({
      id: 'a',
      label: 'A',
      baseURL: 'http://a.test/v1',
      limits,
      fetch: () => Promise.reject(new Error('nothing is asked')),
    });
    assert.equal(adapter.pull !== undefined, protocol.abilities.pull);
  });
}

test('a key is in a header, and without one there is none', () => {
  for (const protocol of protocols) {
    assert.ok(JSON.stringify(protocol.headers({ apiKey: 'tg-key-1' })).includes('tg-key-1'), protocol.id);
    assert.ok(!JSON.stringify(protocol.headers({})).includes('undefined'), protocol.id);
  }
});
