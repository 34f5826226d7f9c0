import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findNginx } from '../../scripts/debian.mjs';
import { unprivilegedIdentity, untilInputEnds } from './own-process.ts';
import { freePort } from './server.ts';

/** An nginx of the test's own, on loopback, before several servers. */
export interface FakeNginx {
  url: string;
  /** Of the process that has started it. */
  pid: number;
  stop(): Promise<void>;
}

/** Of its answers: the address of the server that gave it; of several that were tried, the last. */
export const servedByHeader = 'x-served-by';
/** Of a request: the number of the only server it may go to. Without it they take turns. */
export const toHeader = 'x-to';

/**
 * Starts nginx before the servers at these addresses. What one of them does not take (it is gone, it is ending) is asked of
 * the next: ids are made by who asks, so a question that comes twice is one.
 */
export async function startNginx(servers: readonly string[]): Promise<FakeNginx> {
  const program = findNginx();
  if (!program) throw new Error('These tests need nginx on this machine (Debian: apt-get install nginx).');
  const folder = mkdtempSync(path.join(tmpdir(), 'thinkglass-nginx-'));
  const port = await freePort();
  const file = path.join(folder, 'nginx.conf');
  writeFileSync(file, configuration({ servers: servers.map((url) => new URL(url).host), port, folder }));
  for (const name of bodyFolders) mkdirSync(path.join(folder, name));
  const identity = unprivilegedIdentity();
  if (identity) {
    for (const place of ['', ...bodyFolders]) chownSync(path.join(folder, place), identity.uid, identity.gid);
  }
  const options = ['-p', folder, '-c', file, '-e', 'stderr'];
  const child = spawn('sh', ['-c', untilInputEnds, 'sh', program, ...options], {
    ...identity,
    cwd: folder,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000);
  });
  const url = `http://127.0.0.1:${port}`;
  for (let isUp = false; !isUp; await delay(50)) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode} instead of starting:\n${said}`);
    isUp = await fetch(`${url}/api/health/live`).then(
      () => true,
      () => false,
    );
  }
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      child.stdin.end();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const bodyFolders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

function configuration({ servers, port, folder }: { servers: string[]; port: number; folder: string }): string {
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  ${bodyFolders.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  upstream every { ${servers.map((host) => `server ${host} fail_timeout=1s;`).join(' ')} }
  ${servers.map((host, i) => `upstream only_${i} { server ${host}; }`).join('\n  ')}
  map $http_${toHeader.replace('-', '_')} $servers { default every; ${servers.map((_, i) => `${i} only_${i};`).join(' ')} }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://$servers;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 1h;
      client_max_body_size 50m;
      proxy_next_upstream error timeout http_503 non_idempotent;
      add_header ${servedByHeader} $upstream_addr always;
    }
  }
}
`;
}
