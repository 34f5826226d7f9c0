import { type RefObject, useEffect, useState } from 'react';

/** Whether a box holds more than it shows. */
export function useOverflows(box: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element || !content.current) return;
    const sizes = new ResizeObserver(() => setOverflows(element.scrollHeight > element.clientHeight + 1));
    sizes.observe(element);
    sizes.observe(content.current);
    return () => sizes.disconnect();
  }, [box, content]);
  return overflows;
}
