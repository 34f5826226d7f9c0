import '@fontsource-variable/inter';
import '@fontsource-variable/source-serif-4';
import '@fontsource-variable/source-serif-4/wght-italic.css';
import '@fontsource-variable/jetbrains-mono';
import './radical.css';
import './globals.css';
import type { Metadata, Viewport } from 'next';
import { cookies, headers } from 'next/headers';
import { unstable_rethrow } from 'next/navigation';
import type { ReactNode } from 'react';
import { AppShell } from '../components/shell/app-shell.tsx';
import { earlyScript } from '../components/shell/early-script.ts';
import { clockNow } from '../components/words/telling-facts.ts';
import { parseTheme, themeCookieName } from '../components/shell/theme.ts';
import { readBuild, readHomePage } from '../lib/server/page-data.ts';

// Every page has its owner and its nonce, so none can be made in advance.
export const dynamic = 'force-dynamic';

// The title is each screen's own, since it changes with a conversation's.
export const metadata: Metadata = {
  description: 'Watch a reasoning model think: its thinking apart from its answer, and every token counted.',
  applicationName: 'Thinkglass',
  manifest: '/manifest.webmanifest',
  icons: {
    icon: { url: '/icon.svg', type: 'image/svg+xml' },
    apple: '/icons/apple-touch-icon.png',
  },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  interactiveWidget: 'resizes-content',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f7f4ee' },
    { media: '(prefers-color-scheme: dark)', color: '#10141c' },
  ],
};

/** The frame of every page, lit as its reader chose. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(themeCookieName)?.value);
  return (
    <html lang="en" data-theme={theme} data-build={await readBuildIfThere()}>
      <body>
        <script nonce={await readNonce()}>{earlyScript}</script>
        <AppShell initial={await readConversations()} clock={clockNow()} theme={theme}>
          {children}
        </AppShell>
      </body>
    </html>
  );
}

/** What lets a script of this answer run, out of the policy that `proxy.ts` gave it. */
async function readNonce(): Promise<string | undefined> {
  return /'nonce-([^']+)'/.exec((await headers()).get('content-security-policy') ?? '')?.[1];
}

/** What a page compares with its server when a part of it is missing (components/client/connection.ts). */
async function readBuildIfThere() {
  try {
    return await readBuild();
  } catch (error) {
    unstable_rethrow(error);
    return undefined;
  }
}

/** The sidebar's list. When the store cannot be read the frame still stands, and the page inside says what is wrong. */
async function readConversations() {
  try {
    return (await readHomePage()).conversations;
  } catch (error) {
    unstable_rethrow(error);
    return { conversations: [] };
  }
}
