import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** What a person's key is sealed for: opened for anything else, it stays shut. */
export interface KeyPlace {
  ownerId: string;
  providerId: string;
  /** Scheme, host and port. */
  origin: string;
}

const version = 'v1';
const ivBytes = 12;
const tagBytes = 16;

/** Encrypts a person's key for keeping: AES-256-GCM under a key derived from the server's secret (HKDF, RFC 5869). */
export function sealKey(secret: string, place: KeyPlace, apiKey: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secret), iv).setAAD(renderPlace(place));
  const sealed = Buffer.concat([iv, cipher.update(apiKey, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${version}.${sealed.toString('base64url')}`;
}

/** The key again; undefined when it was sealed under another secret, for another place, or is damaged. */
export function openKey(secret: string, place: KeyPlace, sealed: string): string | undefined {
  const [was, text] = sealed.split('.');
  const bytes = Buffer.from(text ?? '', 'base64url');
  if (was !== version || bytes.length <= ivBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(secret), bytes.subarray(0, ivBytes))
    .setAAD(renderPlace(place))
    .setAuthTag(bytes.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Its own key for its own purpose: what seals cookies opens no provider's key. */
function deriveKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'thinkglass: keys of providers', 32));
}

function renderPlace({ ownerId, providerId, origin }: KeyPlace): Buffer {
  return Buffer.from(JSON.stringify([ownerId, providerId, origin]));
}
