import { v7 as uuidv7, validate } from 'uuid';

/** A new id: a UUIDv7 (RFC 9562), so that ids sort by the time they were made. */
export function createId(): string {
  return uuidv7();
}

/** Whether this is an id as we accept it from a page: a lower-case UUID of any version. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && value === value.toLowerCase() && validate(value);
}
