import { formatBytes } from '../../lib/quantity-words.ts';
import type { Checkpoint } from '../../lib/zero/texts.ts';
import { checkpointWords } from './checkpoint-words.ts';
import { FileLink } from './file-link.tsx';

const code = 'whitespace-pre-wrap wrap-anywhere rounded-md bg-code p-3 text-sm';

/** Each model as a file, and how Ollama and llama.cpp take it. */
export function TakeAlong({ checkpoints }: { checkpoints: readonly Checkpoint[] }) {
  return (
    <section className="flex min-w-0 flex-col gap-3" aria-label="Take it with you">
      <h2 className="font-serif text-lg">Take it with you</h2>
      <p className="max-w-prose text-pretty">
        Each model is a GGUF file, with its words inside. Put it into a folder beside its Modelfile:
      </p>
      <pre className={code}>
        {"ollama create tiny-zero -f tiny-zero.modelfile\nollama run tiny-zero 'Use 3 5 7 to make 26 .'"}
      </pre>
      <p className="max-w-prose text-pretty">Or serve it by llama.cpp:</p>
      <pre className={code}>{'llama-server -m tiny-zero.gguf --jinja'}</pre>
      <p className="max-w-prose text-pretty text-ink-muted">
        Thinkglass finds either server by itself. A question must be written in the models’ own words there, as above;
        here it is read and put into them first.
      </p>
      <ul className="flex flex-col gap-1">
        {checkpoints.map((checkpoint) => (
          <li key={checkpoint.id} className="flex flex-wrap items-baseline gap-x-3">
            <span>{checkpointWords(checkpoint)}</span>
            <FileLink name={`${checkpoint.id}.gguf`} />
            <FileLink name={`${checkpoint.id}.modelfile`} />
            <span className="text-sm text-ink-muted">{formatBytes(checkpoint.bytes)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
