import Link from 'next/link';
import type { ModelRef } from '../../lib/model.ts';
import { ExampleButton } from '../asking/example-button.tsx';
import { Lens } from '../ui/lens.tsx';
import { PageNote } from '../ui/page-note.tsx';

/** A question worth asking first, and the model that is asked it. */
export interface ExampleQuestion extends ModelRef {
  question: string;
  label: string;
}

/** What a new chat shows before its first question. */
export function Welcome() {
  return (
    <PageNote heading="Watch a model think." above={<Lens size={56} />}>
      <p>
        Thinkglass asks a reasoning model your question, shows its thinking apart from its answer as both arrive, and
        counts what the thinking cost.
      </p>
    </PageNote>
  );
}

/** Questions to begin with; pressing one asks it. */
export function Examples(props: {
  examples: readonly ExampleQuestion[];
  /** The model that was chosen; without one, each example asks the recording that knows it. */
  asked: string | undefined;
  onAsk: (example: ExampleQuestion) => void;
}) {
  const { examples, asked, onAsk } = props;
  if (examples.length === 0) return null;
  return (
    <ul className="mt-3.5 grid gap-2 md:grid-cols-2" aria-label="Questions to begin with">
      {examples.map((example) => (
        <li key={`${example.providerId}/${example.modelKey}/${example.question}`}>
          <ExampleButton
            question={example.question}
            label={asked === undefined ? example.label : `Asks ${asked}`}
            onAsk={() => onAsk(example)}
          />
        </li>
      ))}
    </ul>
  );
}

/** Says how to get a live model, where there is none. */
export function RecordingsBanner() {
  return (
    <p className="mt-3.5 px-3.5 text-center text-sm text-pretty text-ink-muted">
      <strong className="font-medium text-ink">Only recordings are here so far.</strong> They play back stored answers
      to the questions above; the first is asked of a small model that comes with the app. To ask another live model,
      start Ollama (it is found by itself) or connect a provider in{' '}
      <Link href="/settings" className="text-accent underline underline-offset-2">
        Settings
      </Link>
      .
    </p>
  );
}
