// @ts-check
// A container's health check: exits 0 when the server in it answers at all. An image without curl has Node.
const port = process.env.PORT || '3000';
const isWell = await fetch(`http://127.0.0.1:${port}/api/health/live`, { signal: AbortSignal.timeout(3000) }).then(
  ({ ok }) => ok,
  () => false,
);
process.exitCode = isWell ? 0 : 1;
