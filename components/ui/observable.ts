import { useSyncExternalStore } from 'react';

/** A value that lives outside the components and tells whoever listens when it is set. */
export class Observable<T> {
  readonly #listeners = new Set<() => void>();
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  /** Takes a value, also the same one again: a map or a set may have changed inside. */
  readonly set = (value: T): void => {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  };

  /** Calls back after each `set`; returns what ends it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/**
 * What `read` finds in an observed value, live. It must answer with the same object for as long as nothing has changed.
 * @param onServer what a server draws, and a page until it has woken up.
 */
export function useObserved<T, Read>(observable: Observable<T>, read: (value: T) => Read, onServer: Read): Read {
  return useSyncExternalStore(
    observable.subscribe,
    () => read(observable.get()),
    () => onServer,
  );
}
