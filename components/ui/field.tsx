/** The classes of a field to write or choose in. */
export const fieldLook =
  'block w-full rounded-md border border-line bg-paper px-2.5 py-1.5 text-base placeholder:text-ink-muted placeholder:opacity-85 disabled:bg-sunken disabled:text-ink-muted aria-invalid:border-danger pointer-coarse:min-h-10 pointer-coarse:text-lg';
