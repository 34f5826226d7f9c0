import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  type AttachedContent,
  attachmentId,
  attachmentLimits,
  cleanAttachmentName,
  imageTypeOf,
  parseAttachmentId,
  parseAttachments,
} from '../../lib/attachment.ts';
import { AppError } from '../../lib/errors.ts';
import { createId } from '../../lib/ids.ts';

const bytesOf = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));
const png = bytesOf([0x89], 'PNG\r\n', [0x1a, 0x0a], 'rest of it');

function refusal(code: string, words: RegExp) {
  return (error: unknown) => error instanceof AppError && error.code === code && words.test(error.message);
}

test('a picture is what its first bytes say, whatever it is called', () => {
  assert.equal(imageTypeOf(png), 'image/png');
  assert.equal(imageTypeOf(bytesOf([0xff, 0xd8, 0xff, 0xe0])), 'image/jpeg');
  assert.equal(imageTypeOf(bytesOf('GIF89a')), 'image/gif');
  assert.equal(imageTypeOf(bytesOf('GIF87a')), 'image/gif');
  assert.equal(imageTypeOf(bytesOf('RIFF', [1, 10, 13, 0], 'WEBPVP8 ')), 'image/webp');
  for (const other of ['<svg xmlns="">', 'RIFF1234WAVE', '%PDF-1.7', 'GIF90a', '', '\x89PNG']) {
    assert.equal(imageTypeOf(bytesOf(other)), undefined, other);
  }
  const [named] = parseAttachments([{ name: 'photo.jpg', image: png.toString('base64') }]);
  assert.deepEqual([named?.mediaType, named?.size], ['image/png', png.length]);
});

test('what is no picture is refused as one, an SVG first of all', () => {
  const svg = Buffer.from('<svg onload="alert(1)"/>').toString('base64');
  for (const name of ['a.png', 'a.svg']) {
    assert.throws(() => parseAttachments([{ name, image: svg }]), refusal('unsupported_media_type', /not a picture/));
  }
  assert.throws(() => parseAttachments([{ name: 'a.SVG', text: '<svg/>' }]), refusal('unsupported_media_type', /SVG/));
  assert.throws(() => parseAttachments([{ name: 'a.png', image: 'iVBO*w0K' }]), refusal('bad_request', /base64/));
});

test('what holds a NUL is no text file', () => {
  assert.throws(
    () => parseAttachments([{ name: 'a.out', text: 'ELF\0\x01' }]),
    refusal('unsupported_media_type', /"a.out" is not a text file/),
  );
});

test('sizes are counted in bytes, of one file and of all together', () => {
  const { textBytes, imageBytes, count } = attachmentLimits;
  const fits = 'é'.repeat(textBytes / 2);
  assert.equal(parseAttachments([{ name: 'a.txt', text: fits }])[0]?.size, textBytes);
  assert.throws(() => parseAttachments([{ name: 'a.txt', text: `${fits}.` }]), refusal('too_large', /200 kB/));
  assert.throws(() => parseAttachments([{ name: 'a.txt', text: '' }]), refusal('bad_request', /empty/));
  const picture = (bytes: number) => ({
    name: 'a.png',
    image: Buffer.concat([png, Buffer.alloc(bytes - png.length)]).toString('base64'),
  });
  assert.equal(parseAttachments([picture(imageBytes)])[0]?.size, imageBytes);
  assert.throws(() => parseAttachments([picture(imageBytes + 1)]), refusal('too_large', /5 MB/));
  const half = picture(3_500_000);
  assert.throws(() => parseAttachments([half, half]), refusal('too_large', /6 MB together/));
  const many = Array.from({ length: count + 1 }, () => ({ name: 'a', text: 'a' }));
  assert.throws(() => parseAttachments(many), refusal('too_large', /At most 8/));
});

test('a name is one short line without a path, whatever was sent', () => {
  assert.equal(cleanAttachmentName('C:\\Users\\me\\notes.txt'), 'notes.txt');
  assert.equal(cleanAttachmentName('../../etc/passwd'), 'passwd');
  assert.equal(cleanAttachmentName('a\r\nX-Header: "b"`.txt'), 'aX-Header: b.txt');
  assert.equal(cleanAttachmentName('photo\u202Egnp.exe'), 'photognp.exe');
  assert.equal(cleanAttachmentName('\0'), 'file');
  assert.match(cleanAttachmentName(`${'长'.repeat(300)}.md`), /^长+….md$/);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 150 }), (name) => {
      const clean = cleanAttachmentName(name);
      assert.ok(clean !== '' && Array.from(clean).length <= 120);
      assert.doesNotMatch(clean, /[\p{Cc}\p{Cf}\p{Cs}"`/\\<>]/u);
      assert.equal(cleanAttachmentName(clean), clean);
    }),
  );
});

test('an attachment is named by its message and its place', () => {
  const messageId = createId();
  assert.deepEqual(parseAttachmentId(attachmentId(messageId, 7)), { messageId, position: 7 });
  for (const id of [messageId, `${messageId}.8`, `${messageId}.01`, '../x.0', `${messageId}.0 `]) {
    assert.equal(parseAttachmentId(id), undefined);
  }
});

test('text comes out as it went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      fc.pre(!text.includes('\0'));
      const [file] = parseAttachments([{ name: 'a.txt', text }]) as [AttachedContent];
      assert.equal(file.content, text);
      assert.equal(file.size, Buffer.byteLength(text));
    }),
  );
});
