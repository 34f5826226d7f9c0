/** Where a link leads, as it may be shown and followed. */
export interface Address {
  readonly href: string;
  /** The host, or the mail address: what a reader must know before following. International names are in ASCII. */
  readonly host: string;
}

/**
 * The address a model's link leads to, if a reader may follow it: http, https or mailto, absolute. Anything else
 * (scripts, data, other programs, paths of our own site) is undefined and is shown as text.
 */
export function readAddress(href: string): Address | undefined {
  if (!/^(?:https?:\/\/|mailto:)/i.test(href)) return undefined;
  const url = URL.parse(href);
  if (!url) return undefined;
  if (url.protocol === 'mailto:') return { href: url.href, host: url.pathname };
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  return url.host === '' ? undefined : { href: url.href, host: url.host };
}

/** Whether a link's words name a host other than the one it leads to: then the true one must stand beside it. */
export function namesAnotherHost(words: string, address: Address): boolean {
  const names = words.toLowerCase().match(/[^\s/@:"'<>()[\]]+\.[\p{L}\d-]{2,}(?![\p{L}\d-])/gu) ?? [];
  const host = address.host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^www\./, '');
  return names.some((name) => {
    const named = name.replace(/^www\./, '');
    return named !== host && !host.endsWith(`.${named}`) && !host.endsWith(`@${named}`);
  });
}
