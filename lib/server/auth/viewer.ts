import { createHash } from 'node:crypto';
import { sealData, unsealData } from 'iron-session';
import { createId, isId } from '../../ids.ts';
import { getConfig } from '../config.ts';

/** Who is asking: an anonymous person, known by a signed and encrypted cookie. Owns the rows made under it. */
export interface Viewer {
  id: string;
}

/**
 * The name of a viewer's cookie at this server. Cookies know no ports, so two servers at one address would take each
 * other's for forged and replace it: the name has a few letters of the secret's hash.
 */
export function viewerCookieName(): string {
  const { secret } = getConfig();
  if (named?.secret !== secret) {
    const hash = createHash('sha256').update('thinkglass: name of the cookie').update(secret).digest('hex');
    named = { secret, name: `thinkglass_viewer_${hash.slice(0, 8)}` };
  }
  return named.name;
}

let named: { secret: string; name: string } | undefined;

/** How long a browser keeps it; the longest browsers allow. */
const maxAgeSeconds = 400 * 24 * 60 * 60;

/** What the cookie was called before servers had names of their own for it. */
const oldCookieName = 'thinkglass_viewer';

/**
 * The viewer of a request's cookies.
 * @param read the value of a cookie.
 * @returns undefined when theirs is missing, forged, or of another server.
 */
export async function findViewer(read: (name: string) => string | undefined): Promise<Viewer | undefined> {
  return (await openViewer(read(viewerCookieName()))) ?? openViewer(read(oldCookieName));
}

async function openViewer(sealed: string | undefined): Promise<Viewer | undefined> {
  if (!sealed) return undefined;
  try {
    const { id } = await unsealData<Partial<Viewer>>(sealed, { password: getConfig().secret, ttl: 0 });
    return isId(id) ? { id } : undefined;
  } catch {
    return undefined;
  }
}

/** A new viewer, with the value its cookie must have. */
export async function createViewer(): Promise<{ viewer: Viewer; sealed: string }> {
  const viewer = { id: createId() };
  return { viewer, sealed: await sealData(viewer, { password: getConfig().secret, ttl: 0 }) };
}

/** The Set-Cookie header for a viewer. `secure` when the page came over https. */
export function viewerCookie(sealed: string, secure: boolean): string {
  const flags = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return `${viewerCookieName()}=${sealed}; ${flags}`;
}

/** Reads cookies out of a Cookie header. */
export function cookiesOf(headers: Headers): (name: string) => string | undefined {
  return (name) => readCookie(headers.get('cookie'), name);
}

/** One cookie out of a Cookie header. */
export function readCookie(header: string | null, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.trim().split(/=(.*)/s);
    if (key === name) return value;
  }
  return undefined;
}
