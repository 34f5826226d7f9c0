import type { NextConfig } from 'next';

const config: NextConfig = {
  reactCompiler: true,
  // Nothing of ours is a photograph; the optimizer would be one more door.
  images: { unoptimized: true },
  productionBrowserSourceMaps: false,
  poweredByHeader: false,
  devIndicators: false,
};

export default config;
