import { Lens } from '../ui/lens.tsx';

/** The product's mark and name. */
export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2 text-lg font-semibold tracking-tight">
      <Lens size={22} />
      <span>
        Think<span className="text-accent">glass</span>
      </span>
    </span>
  );
}
