/** A dot in a colour, beside the words that say what has it. */
export function Swatch({ color, className = '' }: { color: string; className?: string }) {
  return (
    <span
      aria-hidden
      className={`inline-block size-2.5 flex-none rounded-full forced-color-adjust-none ${className}`}
      style={{ backgroundColor: color }}
    />
  );
}
