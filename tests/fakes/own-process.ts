import { execFileSync } from 'node:child_process';

/** For `sh -c`: runs a command until our end of its input closes, which it does however we end. SIGINT is a quick and orderly end. */
export const untilInputEnds = 'exec 3<&0; "$@" & pid=$!; { read -r _ <&3; kill -INT $pid; } 2>/dev/null & wait $pid';

/** Servers refuse to run as root, or should; then they run as the user PostgreSQL's package made, or as nobody. */
export function unprivilegedIdentity(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string, name: string) =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) };
    } catch {
      // no such user here
    }
  }
  throw new Error('These tests run as root, and neither the user "postgres" nor "nobody" exists to run servers.');
}
