import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openKey, sealKey } from '../../../../lib/server/auth/sealed-key.ts';

const secret = 'a-secret-of-this-server-that-is-long-enough';
const place = { ownerId: 'o', providerId: 'p', origin: 'https://api.example:443' };
const key = 'sk-planted-canary-0123456789';

describe('a sealed key', () => {
  const sealed = sealKey(secret, place, key);

  test('opens for what it was sealed for, and shows nothing of itself', () => {
    assert.equal(openKey(secret, place, sealed), key);
    assert.ok(!sealed.includes(key) && !Buffer.from(sealed.slice(3), 'base64url').includes(key));
  });

  test('looks different each time', () => {
    assert.notEqual(sealKey(secret, place, key), sealed);
  });

  test('stays shut for another person, provider, address or secret', () => {
    const others = [
      { ...place, ownerId: 'x' },
      { ...place, providerId: 'x' },
      { ...place, origin: 'http://api.example:443' },
      { ...place, origin: 'https://api.example:444' },
    ];
    for (const other of others) assert.equal(openKey(secret, other, sealed), undefined);
    assert.equal(openKey(`${secret}!`, place, sealed), undefined);
  });

  test('stays shut when it is damaged', () => {
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const damaged = Buffer.from(bytes);
      damaged[i] = (damaged[i] ?? 0) ^ 1;
      assert.equal(openKey(secret, place, `v1.${damaged.toString('base64url')}`), undefined);
    }
    for (const text of ['', 'v1', 'v1.', 'v1.AAAA', `v2${sealed.slice(2)}`]) {
      assert.equal(openKey(secret, place, text), undefined);
    }
  });
});
