import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { ConfigError, environmentVariables, parseConfig, providerKeyVariables } from '../../lib/server/config.ts';
import { providerPresets } from '../../lib/server/providers/presets.ts';

const root = path.resolve(import.meta.dirname, '../..');

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-config-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  writeFileSync(path.join(made, 'package.json'), '{"version":"1.2.3"}');
  return made;
}

function problemsOf(environment: Record<string, string>, place: string): readonly string[] {
  try {
    parseConfig(environment, place);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}

test('an empty environment gives SQLite on loopback, and a secret that only its owner can read', (t) => {
  const place = folder(t);
  const config = parseConfig({}, place);
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.port, 3000);
  assert.equal(config.version, '1.2.3');
  assert.deepEqual(config.store, { kind: 'sqlite', path: path.join(place, 'data/thinkglass.db') });
  assert.equal(statSync(path.join(place, 'data/secret')).mode & 0o777, 0o600);
  assert.equal(parseConfig({}, place).secret, config.secret);
});

test('all that is wrong is listed at once, by variable name', (t) => {
  const problems = problemsOf(
    {
      PORT: 'abc',
      DATABASE_URL: 'mysql://x',
      CUSTOM_BASE_URL: 'http://user:pass@host/v1',
      DEEPSEEK_API_KEY: 'two words',
      THINKGLASS_SECRET: 'short',
    },
    folder(t),
  );
  for (const name of ['PORT', 'DATABASE_URL', 'CUSTOM_BASE_URL', 'DEEPSEEK_API_KEY', 'THINKGLASS_SECRET']) {
    assert.equal(problems.filter((p) => p.startsWith(name)).length, 1, `${name} in ${JSON.stringify(problems)}`);
  }
  assert.ok(!problems.join().includes('two words'));
});

test('a variable that is set to nothing is not set', (t) => {
  const config = parseConfig({ DATABASE_URL: '', DEEPSEEK_API_KEY: ' ', PORT: '' }, folder(t));
  assert.equal(config.store.kind, 'sqlite');
  assert.equal(config.keys.DEEPSEEK_API_KEY, undefined);
  assert.equal(config.port, 3000);
});

test('an address that others can reach needs to be opened on purpose', (t) => {
  const place = folder(t);
  assert.match(problemsOf({ HOST: '0.0.0.0' }, place).join(), /THINKGLASS_OPEN=1/);
  assert.equal(parseConfig({ HOST: '0.0.0.0', THINKGLASS_OPEN: '1' }, place).host, '0.0.0.0');
  for (const host of ['localhost', '127.0.0.5', '::1']) assert.equal(parseConfig({ HOST: host }, place).host, host);
});

test('local servers are the usual ones, none, or the named ones', (t) => {
  const place = folder(t);
  assert.equal(parseConfig({}, place).localServers, undefined);
  assert.deepEqual(parseConfig({ THINKGLASS_LOCAL_SERVERS: 'off' }, place).localServers, []);
  assert.deepEqual(parseConfig({ THINKGLASS_LOCAL_SERVERS: 'mine=http://127.0.0.1:9/v1/' }, place).localServers, [
    { id: 'mine', label: 'mine', baseURL: 'http://127.0.0.1:9/v1' },
  ]);
  assert.match(problemsOf({ THINKGLASS_LOCAL_SERVERS: 'mine=ftp://x' }, place).join(), /mine=ftp/);
});

test('.env.example and docs/configuration.md name exactly the variables that are read', () => {
  const read = new Set(environmentVariables);
  const example = readFileSync(path.join(root, '.env.example'), 'utf8');
  const inExample = new Set([...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map((m) => m[1] as string));
  assert.deepEqual([...inExample].sort(), [...read].sort());
  const docs = readFileSync(path.join(root, 'docs/configuration.md'), 'utf8');
  const inDocs = new Set([...docs.matchAll(/^\| ?`([A-Z][A-Z0-9_]+)`/gm)].map((m) => m[1] as string));
  assert.deepEqual([...inDocs].sort(), [...read].sort());
});

test('the keys of the presets are read and documented in the order of the picker, each with its provider’s name', () => {
  const hosted = providerPresets.filter(({ envKey }) => envKey !== undefined);
  const keys = hosted.map(({ envKey }) => envKey);
  assert.deepEqual(providerKeyVariables, keys);
  const docs = readFileSync(path.join(root, 'docs/configuration.md'), 'utf8');
  const rows = [...docs.matchAll(/^\| `([A-Z_]+)` \| (.+) \| .*\|$/gm)].filter(([, name]) => keys.includes(name));
  assert.deepEqual(
    rows.map(([, name, meaning = '']) => [name, meaning.replace(/ \(its service .*/, '')]),
    hosted.map(({ envKey, label }) => [envKey, label]),
  );
  const example = readFileSync(path.join(root, '.env.example'), 'utf8');
  assert.deepEqual(
    [...example.matchAll(/^# ([A-Z_]+)=$/gm)].map(([, name]) => name).filter((name) => keys.includes(name)),
    keys,
  );
});

test('host names are taken as a browser sends them, however they are written', (t) => {
  const place = folder(t);
  const hosts = (environment: Record<string, string>) => parseConfig(environment, place).allowedHosts;
  assert.ok(hosts({ HOST: '2001:DB8:0::1', THINKGLASS_OPEN: '1' }).has('[2001:db8::1]'));
  const named = hosts({ THINKGLASS_ALLOWED_HOSTS: 'Chat.Example:8443, fe80::1, [fe80::2]:3000, 10.0.0.7' });
  for (const host of ['chat.example', '[fe80::1]', '[fe80::2]', '10.0.0.7']) assert.ok(named.has(host), host);
});

test('operators are told a line for each generation, and nothing else unless they ask', (t) => {
  const place = folder(t);
  assert.deepEqual(parseConfig({}, place).telemetry, { log: true, metricsToken: undefined, traces: undefined });
  const all = {
    THINKGLASS_LOG: 'off',
    THINKGLASS_METRICS_TOKEN: 'sixteen-or-more-x',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces',
    OTEL_SERVICE_NAME: 'glass',
  };
  assert.deepEqual(parseConfig(all, place).telemetry, {
    log: false,
    metricsToken: 'sixteen-or-more-x',
    traces: { serviceName: 'glass' },
  });
  assert.equal(parseConfig({ ...all, OTEL_SDK_DISABLED: 'true' }, place).telemetry.traces, undefined);
  assert.ok(problemsOf({ THINKGLASS_METRICS_TOKEN: 'short' }, place)[0]?.startsWith('THINKGLASS_METRICS_TOKEN'));
});

test('shared links begin with PUBLIC_URL, whose host is let in; it has no path', (t) => {
  const place = folder(t);
  assert.equal(parseConfig({}, place).publicUrl, undefined);
  const { publicUrl, allowedHosts } = parseConfig({ PUBLIC_URL: 'https://Think.example:8443/' }, place);
  assert.deepEqual([publicUrl, allowedHosts.has('think.example')], ['https://Think.example:8443', true]);
  for (const bad of ['https://think.example/app', 'think.example', 'https://u:p@think.example', 'javascript:x']) {
    assert.ok(problemsOf({ PUBLIC_URL: bad }, place)[0]?.startsWith('PUBLIC_URL'), bad);
  }
});
