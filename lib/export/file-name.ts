/** In UTF-16 units; at most three bytes each, and file systems take 255 bytes. */
const maxLength = 70;

/** What no file's name may hold somewhere: path separators, control characters, marks that turn the direction of text. */
const unsafe = /[\\/:*?"<>|%\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu;
/** Names that Windows keeps for devices. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** A name for a file, made of a title, that every system takes; `extension` is without its dot. */
export function fileNameOf(title: string, extension: string): string {
  const words = title.toWellFormed().replaceAll('\uFFFD', '').replace(unsafe, ' ').replace(/\s+/g, ' ').trim();
  const cut = words.slice(0, maxLength).toWellFormed().replaceAll('\uFFFD', '');
  const name = cut.replace(/^[.\s~-]+|[.\s]+$/g, '');
  const safe = name === '' ? 'conversation' : reserved.test(name) ? `_${name}` : name;
  return `${safe}.${extension}`;
}

/** The header that has a browser save an answer under this name (RFC 6266, with RFC 5987 for what is not ASCII). */
export function attachmentHeader(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%]/g, '_');
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
