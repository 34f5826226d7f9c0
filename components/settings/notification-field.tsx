'use client';

import { useState } from 'react';
import { useStored, writeStored } from '../ui/stored.ts';
import { SelectField } from './field.tsx';

/** Whether this browser tells of what has ended unseen; components/shell/thought-watch.tsx reads it. */
const notifyKey = 'thinkglass:notify';

const notifyWords = [
  ['no', 'Mark the conversation'],
  ['yes', 'Mark it and notify me'],
] as const;

const refusedWords = {
  denied: 'This browser does not allow it for Thinkglass: change that in its settings for this page.',
  absent: 'This browser has no notifications for this page.',
};

/** What happens when an answer ends while nobody looks at it. */
export function NotificationField() {
  const stored = useStored(notifyKey) === 'yes' ? 'yes' : 'no';
  const [refused, setRefused] = useState<keyof typeof refusedWords>();
  const choose = async (value: 'yes' | 'no') => {
    setRefused(undefined);
    if (value === 'no') return writeStored(notifyKey, undefined);
    if (!('Notification' in window)) return setRefused('absent');
    if ((await Notification.requestPermission()) !== 'granted') return setRefused('denied');
    writeStored(notifyKey, 'yes');
  };
  return (
    <SelectField
      label="When an answer ends unseen"
      value={stored}
      options={notifyWords}
      onChoose={(value) => void choose(value)}
      hint={
        refused
          ? refusedWords[refused]
          : 'A notification says how long it thought, while Thinkglass is open in some tab.'
      }
    />
  );
}
