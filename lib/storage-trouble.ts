/** Why nothing can be saved. */
export type StorageTroubleCode = 'busy' | 'unreachable' | 'unreadable' | 'full' | 'unknown';

/** Nothing can be saved at the moment: what is being written is in the server's memory alone. */
export interface StorageTrouble {
  code: StorageTroubleCode;
  /** Epoch ms. */
  since: number;
}

const reasons: Record<StorageTroubleCode, string> = {
  busy: 'the database is busy or locked',
  unreachable: 'the database cannot be reached',
  unreadable: 'the database cannot be opened, read or written',
  full: 'the disk is full',
  unknown: 'the storage does not take it',
};

/** What a person is told whose text it is about. */
export function storageSentence({ code }: Pick<StorageTrouble, 'code'>): string {
  return `This cannot be saved at the moment: ${reasons[code]}. What you see is kept in memory; copy it if it matters.`;
}

/** What whoever runs the server is told. */
export function storageReason({ code }: Pick<StorageTrouble, 'code'>): string {
  return `Nothing can be saved: ${reasons[code]}.`;
}
