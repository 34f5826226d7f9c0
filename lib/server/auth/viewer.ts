import { sealData, unsealData } from 'iron-session';
import { createId, isId } from '../../ids.ts';
import { getConfig } from '../config.ts';

/** Who is asking: an anonymous person, known by a signed and encrypted cookie. Owns the rows made under it. */
export interface Viewer {
  id: string;
}

export const viewerCookieName = 'thinkglass_viewer';

/** How long a browser keeps it; the longest browsers allow. */
const maxAgeSeconds = 400 * 24 * 60 * 60;

/** The viewer of a cookie's value; undefined when it is missing, forged, or of another server. */
export async function findViewer(sealed: string | undefined): Promise<Viewer | undefined> {
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
  return `${viewerCookieName}=${sealed}; ${flags}`;
}

/** One cookie out of a Cookie header. */
export function readCookie(header: string | null, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.trim().split(/=(.*)/s);
    if (key === name) return value;
  }
  return undefined;
}
