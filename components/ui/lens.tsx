import { useId } from 'react';
import './lens.css';

/** The mark: a lens that catches light. While `active`, the light wanders through it (never for those who want less motion). */
export function Lens({
  size = 20,
  active = false,
  className = '',
}: {
  size?: number;
  active?: boolean;
  className?: string;
}) {
  const id = useId();
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 32 32"
      className={`lens flex-none ${active ? 'lens-active' : ''} ${className}`}
    >
      <defs>
        <radialGradient id={`${id}g`} cx="38%" cy="30%" r="80%">
          <stop offset="0" className="lens-stop-light" />
          <stop offset="0.55" className="lens-stop-mid" />
          <stop offset="1" className="lens-stop-deep" />
        </radialGradient>
        <clipPath id={`${id}c`}>
          <circle cx="16" cy="16" r="11.5" />
        </clipPath>
      </defs>
      <circle cx="16" cy="16" r="11.5" fill={`url(#${id}g)`} />
      <g clipPath={`url(#${id}c)`}>
        <g className="lens-light">
          <ellipse cx="16" cy="9" rx="8" ry="4.6" className="lens-caustic" />
          <path d="M6 22c5-3 9 2 20-3" className="lens-ray" />
        </g>
      </g>
      <circle cx="16" cy="16" r="12.5" className="lens-rim" />
      <path d="M8.6 12.2a8.6 8.6 0 0 1 5.2-4.6" className="lens-glint" />
    </svg>
  );
}
