import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { attachmentHeader, fileNameOf } from '../../../lib/export/file-name.ts';

test('a title becomes a name that every file system takes', () => {
  const cases: [title: string, name: string][] = [
    ['What is 2 + 2?', 'What is 2 + 2.md'],
    ['../../etc/passwd', 'etc passwd.md'],
    ['C:\\temp\\x', 'C temp x.md'],
    ['为什么天空是蓝色的？', '为什么天空是蓝色的？.md'],
    ['con', '_con.md'],
    ['', 'conversation.md'],
    ['\u202Egpj.exe', 'gpj.exe.md'],
    ['a\r\nSet-Cookie: x', 'a Set-Cookie x.md'],
  ];
  for (const [title, name] of cases) assert.equal(fileNameOf(title, 'md'), name);
});

test('no title makes a name that is too long, or a header of two lines', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (title) => {
      const name = fileNameOf(title, 'json');
      assert.ok(Buffer.byteLength(name) <= 255);
      assert.match(name, /^[^\\/:*?"<>|\p{Cc}]+\.json$/u);
      assert.ok(name.isWellFormed());
      const header = attachmentHeader(name);
      assert.match(header, /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w.!~%-]+$/);
      new Headers({ 'content-disposition': header });
      assert.equal(decodeURIComponent(header.slice(header.indexOf("''") + 2)), name);
    }),
  );
});
