/** A link to a model's file, or to what makes a model of Ollama of it. */
export function FileLink({ name }: { name: string }) {
  return (
    <a className="text-accent underline-offset-2 hover:underline" href={`/api/zero/models/${name}`} download={name}>
      {name}
    </a>
  );
}
