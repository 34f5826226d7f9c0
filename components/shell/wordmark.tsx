import { Lens } from '../ui/lens.tsx';

/** The product's mark and name. */
export function Wordmark() {
  return (
    <span className="wordmark">
      <Lens size={22} />
      <span>
        Think<span className="wordmark-glass">glass</span>
      </span>
    </span>
  );
}
