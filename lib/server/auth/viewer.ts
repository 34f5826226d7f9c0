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
export function viewerCookieName(secure = false): string {
  const { secret } = getConfig();
  if (named?.secret !== secret) {
    const hash = createHash('sha256').update('thinkglass: name of the cookie').update(secret).digest('hex');
    named = { secret, name: `thinkglass_viewer_${hash.slice(0, 8)}` };
  }
  return `${secure ? securePrefix : ''}${named.name}`;
}

let named: { secret: string; name: string } | undefined;

/** How long a browser keeps it; the longest browsers allow. */
const maxAgeSeconds = 400 * 24 * 60 * 60;

/** What the cookie was called before servers had names of their own for it. */
const oldCookieName = 'thinkglass_viewer';

/**
 * Over https a cookie's name says that no other host can have set it, and no page over http (RFC 6265bis, "Cookie Name
 * Prefixes").
 */
const securePrefix = '__Host-';

type ReadCookie = (name: string) => string | undefined;

/**
 * The viewer of a request's cookies.
 * @param read the value of a cookie.
 * @returns undefined when theirs is missing, forged, or of another server.
 */
export async function findViewer(read: ReadCookie): Promise<Viewer | undefined> {
  return (await findNamed(read))?.viewer;
}

async function findNamed(read: ReadCookie): Promise<{ viewer: Viewer; name: string } | undefined> {
  const own = viewerCookieName();
  for (const name of [viewerCookieName(true), own, oldCookieName]) {
    const viewer = await openViewer(read(name));
    if (viewer) return { viewer, name };
  }
  return undefined;
}

/**
 * Whoever asks, known by a cookie or new. Over https a cookie under a name of before becomes one under the name it has there.
 * @param secure the request came over https.
 * @returns with `sealed`, the value of a new cookie, and the Set-Cookie headers of the answer.
 */
export async function admitViewer(
  read: ReadCookie,
  secure: boolean,
): Promise<{ viewer: Viewer; sealed?: string; setCookies: string[] }> {
  const found = await findNamed(read);
  if (found && (!secure || found.name.startsWith(securePrefix))) {
    return { viewer: found.viewer, setCookies: [] };
  }
  const viewer = found?.viewer ?? { id: createId() };
  const sealed = await sealData(viewer, { password: getConfig().secret, ttl: 0 });
  const before = found ? [`${found.name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`] : [];
  return { viewer, sealed, setCookies: [viewerCookie(sealed, secure), ...before] };
}

async function openViewer(sealed: string | undefined): Promise<Viewer | undefined> {
  if (!sealed) return undefined;
  const { secret } = getConfig();
  const known = opened.get(sealed);
  if (known?.secret === secret) return known.viewer;
  try {
    const { id } = await unsealData<Partial<Viewer>>(sealed, { password: secret, ttl: 0 });
    if (!isId(id)) return undefined;
    const viewer = Object.freeze({ id });
    if (opened.size >= mostOpened) opened.clear();
    opened.set(sealed, { secret, viewer });
    return viewer;
  } catch {
    return undefined;
  }
}

/** Cookies that were opened: the same come with each request, and opening one takes a millisecond. A few hundred bytes each. */
const opened = new Map<string, { secret: string; viewer: Viewer }>();
const mostOpened = 10_000;

/** The Set-Cookie header for a viewer. `secure` when the page came over https. */
function viewerCookie(sealed: string, secure: boolean): string {
  const flags = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return `${viewerCookieName(secure)}=${sealed}; ${flags}`;
}

/** Reads cookies out of a Cookie header. */
export function cookiesOf(headers: Headers): ReadCookie {
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
