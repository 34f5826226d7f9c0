import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { unprivilegedIdentity, untilInputEnds } from './own-process.ts';
import { freePort } from './server.ts';

/** A PostgreSQL server of the test's own, on loopback, its files in a temporary folder. */
export interface FakePostgres {
  /** Of the process that has started it and all of its own. */
  readonly pid: number;
  /** Makes an empty database and answers its URL, password included. */
  createDatabase(): Promise<string>;
  /** Cuts every connection to a database, as a restart would. */
  cutConnections(url: string): Promise<void>;
  /** Ends the server and keeps its files; `resume` starts it again, at the same address. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

const user = 'thinkglass';
/** To be looked for wherever a password must not appear. */
export const postgresPassword = 'not-for-anyone-else';

export async function startPostgres(): Promise<FakePostgres> {
  const bin = findBinaries();
  const identity = unprivilegedIdentity();
  const folder = mkdtempSync(join(tmpdir(), 'thinkglass-postgres-'));
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, postgresPassword);
  if (identity) for (const path of [folder, passwordFile]) chownSync(path, identity.uid, identity.gid);
  const data = join(folder, 'data');
  const common = { ...identity, cwd: folder };
  const initOptions = [
    '--no-sync',
    '--encoding=UTF8',
    '--locale=C',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
  ];
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', user, ...initOptions], { ...common, stdio: 'pipe' });

  const port = await freePort();
  // The machine does not lose its power in a test, so nothing needs to wait for the disk.
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off'];
  const options = settings.flatMap((setting) => ['-c', setting]);
  let pid = 0;
  const launch = async () => {
    const server = spawn('sh', ['-c', untilInputEnds, 'sh', join(bin, 'postgres'), '-D', data, ...options], {
      ...common,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    void exited.then(() => server.stdin?.end());
    await isReady(server);
    pid = server.pid ?? 0;
    return async () => {
      server.stdin?.end();
      await exited;
    };
  };
  let end = await launch();

  const urlOf = (database: string) => `postgres://${user}:${postgresPassword}@127.0.0.1:${port}/${database}`;
  const connect = async () => {
    const client = new pg.Client({ connectionString: urlOf('postgres') });
    client.on('error', () => undefined); // a halt cuts it
    await client.connect();
    return client;
  };
  let admin = await connect();
  let databases = 0;

  return {
    get pid() {
      return pid;
    },
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await admin.query(`create database ${name}`);
      return urlOf(name);
    },
    async cutConnections(url) {
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
        new URL(url).pathname.slice(1),
      ]);
    },
    halt: () => end(),
    async resume() {
      end = await launch();
      admin = await connect();
    },
    async stop() {
      await admin.end();
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The folder of the newest PostgreSQL that is installed. */
function findBinaries(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  const found = folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
  if (found) return found;
  throw new Error('These tests need PostgreSQL on this machine (Debian: apt-get install postgresql). It need not run.');
}

function isReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr?.setEncoding('utf8');
    server.stderr?.on('data', (text: string) => {
      said = (said + text).slice(-4_000);
      if (said.includes('ready to accept connections')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code} instead of starting:\n${said}`)));
  });
}
