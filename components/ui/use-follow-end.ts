'use client';

import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** How near to the end still counts as being there, in px. */
const nearEnd = 32;

/**
 * What has just been opened (fonts, formulas) or has come to its end (its figures and badges) settles within this time,
 * and the end stays in view.
 */
const settlingMs = 3000;

/** Tells the boxes around a box that its `data-left` has changed. */
const leaveEvent = 'follow-end-leave';

/** Tells them that a place in them is what is read now. */
const placeEvent = 'follow-end-place';

/** To be called before a place is brought into view: the boxes around it open nowhere else any more, nor follow their end. */
export function readFrom(place: Element): void {
  place.dispatchEvent(new Event(placeEvent, { bubbles: true }));
}

export interface FollowEnd {
  /** True while the end is in view, so that new content keeps it in view. */
  following: boolean;
  /** Whether there is more below than one sees by scrolling a little. */
  leadsOn: boolean;
  toEnd: () => void;
}

/**
 * Keeps the end of a scrolling box in view while the reader is at the end. The reader's own scrolling up ends that, as
 * does opening something inside it (a `summary`, or a button marked `data-resizes`); coming back to the end, or
 * `toEnd`, starts it again. A box the reader has left the end of carries `data-left`; while it does, a box around it
 * does not follow either, for that would move what is being read.
 * @param options.content the element inside the box whose growth is followed.
 * @param options.growing whether content is being added; what else changes the height is followed only as long as it settles.
 */
export function useFollowEnd(options: {
  box: RefObject<HTMLElement | null>;
  content: RefObject<HTMLElement | null>;
  growing: boolean;
  /** Whether the end is what is shown first, even of content that is complete. */
  startAtEnd?: boolean;
  /** A place that is shown first instead, of content that is complete: how many px below the box's upper edge it stands. */
  openAt?: (content: HTMLElement, box: HTMLElement) => number | undefined;
}): FollowEnd {
  const { box, content, growing, startAtEnd = false, openAt } = options;
  const [isFar, setFar] = useState(false);
  const [following, setFollowing] = useState(startAtEnd || growing);
  const follows = useRef(startAtEnd || growing);
  const grows = useRef(growing);
  /** Until then (`performance.now`) growth is followed though nothing is added; 0 once the reader has done something. */
  const settledAt = useRef(0);
  const lastTop = useRef(0);
  /** Whether it was just opened, at a place that is not its end, and nothing has been done since. */
  const opening = useRef(!growing && openAt !== undefined);
  /** Boxes inside this one whose end the reader has left. */
  const leftInside = useRef(new Set<Element>());

  const setFollows = useCallback(
    (value: boolean, { byReader = false } = {}) => {
      follows.current = value;
      setFollowing(value);
      if (!value && !byReader) return;
      const element = box.current;
      if (!element || element.hasAttribute('data-left') === !value) return;
      element.toggleAttribute('data-left', !value);
      element.dispatchEvent(new Event(leaveEvent, { bubbles: true }));
    },
    [box],
  );

  const toEnd = useCallback(() => {
    const element = box.current;
    if (!element) return;
    leftInside.current.clear();
    opening.current = false;
    settledAt.current = performance.now() + settlingMs; // what is drawn only now, near the end, has another height
    setFollows(true);
    element.scrollTop = element.scrollHeight;
    lastTop.current = element.scrollTop;
  }, [box, setFollows]);

  useEffect(() => {
    if (grows.current && !growing) settledAt.current = performance.now() + settlingMs;
    grows.current = growing;
    if (growing) opening.current = false;
  }, [growing]);

  useEffect(() => {
    const element = box.current;
    const inner = content.current;
    if (!element || !inner) return;
    if (!follows.current) element.scrollTop = lastTop.current; // shown again after it was hidden
    settledAt.current = startAtEnd ? performance.now() + settlingMs : 0;

    const below = () => element.scrollHeight - element.clientHeight - element.scrollTop;
    const isAtEnd = () => below() <= nearEnd;
    const lookBelow = () => setFar(below() > element.clientHeight);
    const isReadInside = () => [...leftInside.current].some((inside) => inside.isConnected);
    const onScroll = () => {
      // Growth never scrolls up, so only the reader does; a shrinking box may, but then the end is in view.
      if (isAtEnd()) {
        if (element.scrollTop > lastTop.current) leftInside.current.clear();
        setFollows(true);
      } else if (element.scrollTop < lastTop.current) {
        opening.current = false;
        setFollows(false, { byReader: true });
      }
      lastTop.current = element.scrollTop;
      lookBelow();
    };
    const onGrowth = () => {
      const at = opening.current && performance.now() < settledAt.current ? openAt?.(inner, element) : undefined;
      if (at !== undefined) {
        element.scrollTop += at;
        lastTop.current = element.scrollTop;
        setFollows(isAtEnd());
      } else if (follows.current && (grows.current || performance.now() < settledAt.current) && !isReadInside()) {
        element.scrollTop = element.scrollHeight;
        lastTop.current = element.scrollTop;
      } else {
        setFollows(isAtEnd());
      }
      lookBelow();
    };
    const takeOver = () => {
      settledAt.current = 0;
    };
    // A wheel turned up leaves at once, even between two frames of growth.
    const onWheel = (event: WheelEvent) => {
      takeOver();
      if (event.deltaY >= 0 || element.scrollTop <= 0) return;
      event.stopPropagation(); // a box around this one does not move
      setFollows(false, { byReader: true });
    };
    const onClick = (event: MouseEvent) => {
      takeOver();
      if (event.target instanceof Element && event.target.closest('summary, [data-resizes]')) {
        setFollows(false, { byReader: true });
      }
    };

    const onPlace = () => {
      takeOver();
      opening.current = false;
      setFollows(false, { byReader: true });
    };
    const onLeave = ({ target }: Event) => {
      if (target === element || !(target instanceof Element)) return;
      if (target.hasAttribute('data-left')) leftInside.current.add(target);
      else leftInside.current.delete(target);
    };

    element.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener(leaveEvent, onLeave);
    element.addEventListener(placeEvent, onPlace);
    element.addEventListener('wheel', onWheel, { passive: true });
    element.addEventListener('click', onClick);
    element.addEventListener('touchmove', takeOver, { passive: true });
    element.addEventListener('keydown', takeOver);
    const sizes = new ResizeObserver(onGrowth);
    sizes.observe(inner);
    sizes.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener(leaveEvent, onLeave);
      element.removeEventListener(placeEvent, onPlace);
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('click', onClick);
      element.removeEventListener('touchmove', takeOver);
      element.removeEventListener('keydown', takeOver);
      sizes.disconnect();
    };
  }, [box, content, startAtEnd, openAt, setFollows]);

  return { following, leadsOn: !following && (growing || isFar), toEnd };
}
