/** A text with its tags as it was written, the thought set apart from what follows. */
export function WrittenText({ text }: { text: string }) {
  const end = text.indexOf('</think>');
  const begins = text.trimStart().startsWith('<think>');
  const cut = end >= 0 ? end + '</think>'.length : begins ? text.length : 0;
  return (
    <p className="font-mono text-sm wrap-break-word" lang="zxx">
      <span className="text-ink-muted">{text.slice(0, cut)}</span>
      {text.slice(cut)}
    </p>
  );
}
