import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { insideRecords } from '../../lib/server/protocols/inside/models.ts';
import { gapOf, hashOf, readShipped, recordFile, writeGreedily } from '../../scripts/real/inside.mjs';
import type { GreedyRecord } from '../../scripts/real/inside.mjs';

const record = JSON.parse(readFileSync(recordFile, 'utf8')) as GreedyRecord; // written by the script beside it
/** Closer than this, in natural logarithms, two tokens are as good as equally likely: 53 against 47 %. */
const nearTie = 0.12;

for (const { id } of insideRecords) {
  test(`${id} writes greedily what llama.cpp wrote of it, to the letter; but at near ties where it rounds`, () => {
    const { network, prompts } = readShipped(id);
    const { vocabulary } = network;
    const texts = writeGreedily(network, prompts);
    const { 'all F32': unpacked, Q8_0: shipped } = record[id] ?? {};
    assert.ok(unpacked && shipped);
    assert.deepEqual(
      unpacked.texts,
      texts.map((tokens) => hashOf(vocabulary.decode(tokens))),
    );
    const others = shipped.texts.flatMap((hash, text) => (hash === unpacked.texts[text] ? [] : [text]));
    assert.deepEqual(
      others,
      shipped.differences.map(({ text }) => text),
    );
    for (const { text, after, begins, inside, server, gap } of shipped.differences) {
      const begun = vocabulary.decode(texts[text]?.slice(0, after) ?? []);
      assert.deepEqual([hashOf(begun), vocabulary.show(texts[text]?.[after] ?? -1)], [begins, inside]);
      const found = gapOf(network, `${prompts[text]}${begun}`, { chosen: inside, other: server });
      assert.ok(Math.abs(found - gap) < 0.001 && found >= 0 && found < nearTie, `text ${text}: ${found}`);
    }
  });
}
