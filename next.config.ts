import type { NextConfig } from 'next';

/**
 * What Next.js is to compress of a share, by address. It compresses a route's answer only where the type is known before
 * the route answers: a type that a route sets reaches its compression as a list, which that takes for no text (16.4).
 */
const compressedTypes = {
  '/s/:share([A-Za-z0-9_-]{22})': 'text/html; charset=utf-8',
  '/s/files/:name([a-z]+\\.css)': 'text/css; charset=utf-8',
};

const config: NextConfig = {
  reactCompiler: true,
  // Nothing of ours is a photograph; the optimizer would be one more door.
  images: { unoptimized: true },
  productionBrowserSourceMaps: false,
  // Only makes the style sheet of shared pages, and only where the build has not.
  serverExternalPackages: ['tailwindcss'],
  poweredByHeader: false,
  devIndicators: false,
  experimental: {
    // A page that was asked for while the server is away is fetched when it is back; without, the browser leaves for it.
    useOffline: true,
  },
  headers: async () =>
    Object.entries(compressedTypes).map(([source, value]) => ({ source, headers: [{ key: 'Content-Type', value }] })),
};

export default config;
