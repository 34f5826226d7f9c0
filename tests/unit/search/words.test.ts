import assert from 'node:assert/strict';
import test from 'node:test';
import { foundWords, groupHits, indexingWords, piecesOf } from '../../../components/search/words.ts';
import type { SearchHit } from '../../../lib/search/search.ts';
import { snippetOf } from '../../../lib/search/snippet.ts';

test('a snippet is cut at its marks and loses nothing', () => {
  const snippet = snippetOf('Is Paris the capital? Paris is.', 'paris capital');
  const pieces = piecesOf(snippet);
  assert.equal(pieces.map(({ text }) => text).join(''), snippet.text);
  assert.deepEqual(
    pieces.filter(({ marked }) => marked).map(({ text }) => text),
    ['Paris', 'capital', 'Paris'],
  );
});

test('what is not in the index yet is said', () => {
  const words = indexingWords({ done: 12_300, total: 50_000 });
  assert.equal(words, 'Still indexing, 12,300 of 50,000 messages: more may be found.');
});

test('words that follow each other are looked for together, others by the first', () => {
  assert.equal(foundWords(snippetOf('the capital of France', 'capital of')), 'capital of');
  assert.equal(foundWords(snippetOf('the capital, of France', 'capital of')), 'capital');
  assert.equal(foundWords(snippetOf('Paris the capital', 'capital paris')), 'Paris');
  assert.equal(foundWords(snippetOf('让我再检查一下', '检查')), '检查');
  assert.equal(foundWords(snippetOf('nothing here', 'else')), '');
});

test('a question of several columns is told once, and a title that is its beginning not beside it', () => {
  const hit = (kind: SearchHit['kind'], text: string, messageId?: string): SearchHit => ({
    conversationId: 'a',
    title: 'How many queens fit on…',
    updatedAt: 0,
    kind,
    ...(messageId !== undefined && { messageId }),
    snippet: { text, marks: [], at: 0 },
  });
  const asked = 'How many queens fit on a board?';
  const columns = [hit('question', asked, '1'), hit('question', asked, '2'), hit('reasoning', 'Queens, then.', '3')];
  const told = (hits: SearchHit[]) => groupHits(hits).flatMap(({ hits: of }) => of.map(({ kind }) => kind));
  assert.deepEqual(told([...columns, hit('title', 'How many queens fit on…')]), ['question', 'reasoning']);
  assert.deepEqual(told([hit('title', 'Renamed: queens'), ...columns]), ['title', 'question', 'reasoning']);
  assert.deepEqual(told([hit('title', 'How many queens fit on…')]), ['title']);
});

test('hits are grouped under their conversations in the order of the first ones', () => {
  const hit = (conversationId: string, messageId: string): SearchHit => ({
    conversationId,
    messageId,
    title: `Title ${conversationId}`,
    updatedAt: 0,
    kind: 'answer',
    snippet: { text: '', marks: [], at: 0 },
  });
  const groups = groupHits([hit('b', '1'), hit('a', '2'), hit('b', '3')]);
  assert.deepEqual(
    groups.map(({ id, title, hits }) => [id, title, hits.map(({ messageId }) => messageId)]),
    [
      ['b', 'Title b', ['1', '3']],
      ['a', 'Title a', ['2']],
    ],
  );
});
