/** How the page is lit: as the system is, or always so. */
export type Theme = 'system' | 'light' | 'dark';

/** The cookie the page writes and the server reads, so that the first paint is right without a script. */
export const themeCookieName = 'thinkglass_theme';

/** A theme from a cookie's value; anything unknown is the system's. */
export function parseTheme(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system';
}
