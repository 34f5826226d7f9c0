import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const folder = path.resolve(import.meta.dirname, '../../public');
const read = (file: string) => readFileSync(path.join(folder, file));

test('each icon that the manifest names is there, in the size it says', () => {
  const { icons } = JSON.parse(read('manifest.webmanifest').toString()) as {
    icons: { src: string; sizes: string; type: string }[];
  }; // our own file
  assert.equal(icons.length, 4);
  for (const { src, sizes, type } of icons) {
    assert.ok(existsSync(path.join(folder, src)), src);
    if (type !== 'image/png') continue;
    const header = read(src).subarray(0, 24);
    assert.equal(header.toString('latin1', 1, 4), 'PNG', src);
    assert.equal(`${header.readUInt32BE(16)}x${header.readUInt32BE(20)}`, sizes, src);
  }
});

test('what is shared may be fetched, so that its own word against being listed is read', () => {
  const rules = read('robots.txt').toString();
  assert.match(rules, /^Allow: \/s\/$/m);
  assert.match(rules, /^Disallow: \/$/m);
});
