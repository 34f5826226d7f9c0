import { ArrowUp, Square } from 'lucide-react';

/** The round button at the end of what is written: it sends it or, while an answer is on its way, stops that. */
export function SendButton(props: {
  running: boolean;
  sendable: boolean;
  /** What it says on hover, with its keys. */
  title: string;
  stopTitle: string;
  onStop: () => void;
}) {
  return props.running ? (
    <button type="button" className={look} aria-label="Stop" title={props.stopTitle} onClick={props.onStop}>
      <Square aria-hidden size={13} fill="currentColor" />
    </button>
  ) : (
    <button type="submit" className={look} aria-label="Send" title={props.title} disabled={!props.sendable}>
      <ArrowUp aria-hidden size={18} />
    </button>
  );
}

const look =
  'send-button grid size-9 flex-none place-items-center rounded-full bg-accent text-accent-ink transition-colors disabled:bg-ink/12 disabled:text-ink-muted pointer-coarse:size-10.5';
