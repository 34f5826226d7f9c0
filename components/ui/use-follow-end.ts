'use client';

import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** How near to the end still counts as being there, in px. */
const nearEnd = 32;

export interface FollowEnd {
  /** True while the end is in view, so that new content keeps it in view. */
  following: boolean;
  toEnd: () => void;
}

/**
 * Keeps the end of a scrolling box in view while the reader is at the end. The reader's own scrolling up ends that;
 * coming back to the end, or `toEnd`, starts it again.
 * @param content the element inside the box whose growth is followed.
 */
export function useFollowEnd(
  box: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  enabled = true,
): FollowEnd {
  const [following, setFollowing] = useState(true);
  const follows = useRef(true);
  const lastTop = useRef(0);

  const setFollows = useCallback((value: boolean) => {
    follows.current = value;
    setFollowing(value);
  }, []);

  const toEnd = useCallback(() => {
    const element = box.current;
    if (!element) return;
    setFollows(true);
    element.scrollTop = element.scrollHeight;
    lastTop.current = element.scrollTop;
  }, [box, setFollows]);

  useEffect(() => {
    const element = box.current;
    const inner = content.current;
    if (!enabled || !element || !inner) return;

    const onScroll = () => {
      const top = element.scrollTop;
      const atEnd = element.scrollHeight - element.clientHeight - top <= nearEnd;
      // Growth never scrolls up, so only the reader does; a shrinking box may, but then the end is in view.
      if (atEnd) setFollows(true);
      else if (top < lastTop.current) setFollows(false);
      lastTop.current = top;
    };
    const onGrowth = () => {
      if (!follows.current) return;
      element.scrollTop = element.scrollHeight;
      lastTop.current = element.scrollTop;
    };
    // A wheel turned up leaves at once, even between two frames of growth.
    const onWheel = (event: WheelEvent) => {
      if (event.deltaY >= 0 || element.scrollTop <= 0) return;
      event.stopPropagation(); // a box around this one does not move
      setFollows(false);
    };

    element.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener('wheel', onWheel, { passive: true });
    const sizes = new ResizeObserver(onGrowth);
    sizes.observe(inner);
    sizes.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('wheel', onWheel);
      sizes.disconnect();
    };
  }, [box, content, enabled, setFollows]);

  return { following, toEnd };
}
