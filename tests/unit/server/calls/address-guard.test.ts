import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { findRefusal } from '../../../../lib/server/calls/address-guard.ts';

const allowed = (address: string) => ({
  local: findRefusal(address, false) === undefined,
  public: findRefusal(address, true) === undefined,
});

describe('an address', () => {
  const groups: [name: string, verdict: { local: boolean; public: boolean }, addresses: string[]][] = [
    [
      'that anybody may call',
      { local: true, public: true },
      ['93.184.215.14', '1.1.1.1', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '192.167.255.254'],
    ],
    ['of IPv6 that anybody may call', { local: true, public: true }, ['2606:4700::1111', '2a00:1450:4001::8a']],
    [
      'of this machine or the network around it',
      { local: true, public: false },
      ['127.0.0.1', '127.255.255.254', '10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '::1', 'fd12:3456::1'],
    ],
    [
      'written as IPv6 that stands for IPv4 of this machine',
      { local: true, public: false },
      ['::ffff:127.0.0.1', '::ffff:c0a8:101', '::FFFF:10.0.0.1'],
    ],
    [
      'where clouds keep their credentials',
      { local: false, public: false },
      [
        '169.254.169.254',
        '::ffff:169.254.169.254',
        '100.100.100.200',
        '168.63.129.16',
        'fd00:ec2::254',
        'fd20:ce::254',
      ],
    ],
    [
      'with a meaning of its own',
      { local: false, public: false },
      ['0.0.0.0', '0.1.2.3', '::', '255.255.255.255', '224.0.0.1', '239.1.1.1', '240.0.0.1', '198.18.0.1', 'ff02::1'],
    ],
    [
      'set aside for documents',
      { local: false, public: false },
      ['192.0.2.1', '198.51.100.1', '203.0.113.9', '2001:db8::1', '3fff::1'],
    ],
    [
      'that is a tunnel to another one',
      { local: false, public: false },
      ['64:ff9b::a00:1', '64:ff9b:1::1', '2002:a00:1::', '2001::1', '::7f00:1', '::ffff:0:7f00:1', '192.88.99.1'],
    ],
    [
      'of no network there is',
      { local: false, public: false },
      ['fe80::1', 'fe80::1%eth0', 'fec0::1', '4000::1', '5f00::1', '100::1', 'localhost', ''],
    ],
  ];
  for (const [name, verdict, addresses] of groups) {
    test(`${name}: ${JSON.stringify(verdict)}`, () => {
      for (const address of addresses) assert.deepEqual(allowed(address), verdict, address);
    });
  }

  test('that a public server may call, a local one may call too', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const verdict = allowed(address);
        return verdict.local || !verdict.public;
      }),
    );
  });

  test('is judged alike in IPv4 and in the IPv6 that stands for it', () => {
    fc.assert(fc.property(fc.ipV4(), (v4) => findRefusal(`::ffff:${v4}`, true) === findRefusal(v4, true)));
  });
});
