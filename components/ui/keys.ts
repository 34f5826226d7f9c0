import type { KeyboardEvent as ReactKeyboardEvent } from 'react';

/**
 * The key that was pressed; undefined while an input method composes, for the key is the input method's then. Safari tells
 * the Enter that ends a composition after its end, and by the code 229 only.
 */
export function keyOf(event: KeyboardEvent | ReactKeyboardEvent): string | undefined {
  const { isComposing, keyCode, key } = 'nativeEvent' in event ? event.nativeEvent : event;
  return isComposing || keyCode === 229 ? undefined : key;
}
