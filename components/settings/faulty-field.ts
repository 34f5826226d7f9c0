import { type RefObject, useEffect, useRef } from 'react';

/** The form that it is given to has the keyboard led to its faulty field whenever there is another fault. */
export function useFaultyField(fault: unknown): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (fault) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [fault]);
  return form;
}
