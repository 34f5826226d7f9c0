/** Why something did not work, where it was tried; read aloud when it appears. */
export function Alert({ words, className = '', id }: { words: string; className?: string; id?: string }) {
  return (
    <p
      id={id}
      role="alert"
      className={`rounded-md bg-danger-soft px-3 py-2 text-sm wrap-anywhere text-danger ${className}`}
    >
      {words}
    </p>
  );
}
