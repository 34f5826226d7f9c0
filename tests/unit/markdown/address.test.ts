import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesAnotherHost, readAddress } from '../../../lib/markdown/address.ts';

for (const href of [
  'javascript:alert(1)',
  'JaVaScript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'vbscript:a',
  'data:text/html,<b>1</b>',
  'blob:https://a.example/1',
  'file:///etc/passwd',
  'steam://run/1',
  '/api/health',
  '//evil.invalid/x',
  '?a=1',
  '#top',
  'https:evil.invalid',
  'http://',
  '',
]) {
  test(`${JSON.stringify(href)} leads nowhere`, () => assert.equal(readAddress(href), undefined));
}

test('http, https and mail addresses are links, with the host they really lead to', () => {
  assert.deepEqual(readAddress('https://a.example/x?y#z'), { href: 'https://a.example/x?y#z', host: 'a.example' });
  assert.equal(readAddress('HTTP://A.example:8080')?.host, 'a.example:8080');
  assert.equal(readAddress('https://bank.example@evil.invalid/')?.host, 'evil.invalid');
  assert.equal(readAddress('https://аpple.example/')?.host, 'xn--pple-43d.example');
  assert.equal(readAddress('mailto:ann@a.example')?.host, 'ann@a.example');
});

test('words that name another host than the link leads to are noticed', () => {
  const other = (words: string, href: string) => {
    const address = readAddress(href);
    assert.ok(address);
    return namesAnotherHost(words, address);
  };
  assert.equal(other('https://bank.example', 'https://evil.invalid'), true);
  assert.equal(other('bank.example/login', 'https://evil.invalid'), true);
  assert.equal(other('https://a.example/x', 'https://a.example/x'), false);
  assert.equal(other('www.a.example', 'https://a.example/'), false);
  assert.equal(other('a.example', 'https://www.a.example/'), false);
  assert.equal(other('a.example', 'https://docs.a.example/'), false);
  assert.equal(other('the page', 'https://a.example/'), false);
  assert.equal(other('ann@a.example', 'mailto:ann@a.example'), false);
});
