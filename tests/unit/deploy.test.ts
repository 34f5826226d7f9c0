import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const documents = (file: string): unknown[] =>
  parseAllDocuments(read(file), { merge: true }).map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], [], file);
    return document.toJS();
  });

const known = new Set(
  [...read('docs/configuration.md').matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map(([, name]) => name),
);
known.add('NODE_ENV');
const assertKnown = (names: readonly string[], file: string) =>
  assert.deepEqual(
    names.filter((name) => !known.has(name)),
    [],
    file,
  );

/** So long the end of a server may take after it was allowed to go on for `DRAIN_MS`; docs/limits.md. */
const endSeconds = 30;

const probe = z.object({
  httpGet: z.object({
    path: z.string(),
    port: z.literal('http'),
    httpHeaders: z.tuple([z.object({ name: z.literal('Host'), value: z.literal('localhost') })]),
  }),
  timeoutSeconds: z.number(),
});
const labels = z.object({ 'app.kubernetes.io/name': z.literal('thinkglass') });
const deploymentSchema = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({
    replicas: z.number().min(2),
    selector: z.object({ matchLabels: labels }),
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.object({
        terminationGracePeriodSeconds: z.number(),
        securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.number().min(1) }),
        containers: z.tuple([
          z.object({
            ports: z.tuple([z.object({ name: z.literal('http'), containerPort: z.number() })]),
            resources: z.object({
              requests: z.object({ cpu: z.string(), memory: z.string() }),
              limits: z.object({ memory: z.string() }),
            }),
            securityContext: z.object({
              readOnlyRootFilesystem: z.literal(true),
              allowPrivilegeEscalation: z.literal(false),
            }),
            startupProbe: probe,
            livenessProbe: probe,
            readinessProbe: probe,
            lifecycle: z.object({ preStop: z.object({ exec: z.object({ command: z.array(z.string()) }) }) }),
          }),
        ]),
      }),
    }),
  }),
});

describe('what runs the server elsewhere', () => {
  test('the image is of plain names, its files are there, and it is no root', () => {
    const text = read('Dockerfile');
    for (const [, image = ''] of text.matchAll(/^FROM (\S+)/gm)) assert.match(image, /^[a-z]+:24[\w-]*$/);
    for (const [file = ''] of text.matchAll(/scripts\/[\w-]+\.mjs/g))
      assert.ok(existsSync(path.join(root, file)), file);
    const last = text.slice(text.lastIndexOf('\nFROM '));
    assert.match(last, /^USER node$/m);
    assert.match(last, /^HEALTHCHECK .*scripts\/alive\.mjs/m);
    assert.match(last, /^VOLUME \/data$/m);
    const [, settings = ''] = /^ENV (.+)$/m.exec(last) ?? [];
    assertKnown(
      settings.split(' ').map((pair) => pair.split('=')[0] ?? ''),
      'Dockerfile',
    );
    assert.ok(settings.includes('PORT=3000') && /^EXPOSE 3000$/m.test(last));
    assert.ok(read('scripts/alive.mjs').includes('/api/health/live'));
  });

  test('compose: two servers of one database and one secret, whose end is waited for', () => {
    const [compose] = documents('compose.yaml');
    const app = z.looseObject({
      environment: z.record(z.string(), z.string()),
      stop_grace_period: z.string().regex(/^\d+s$/),
      read_only: z.literal(true),
    });
    const { services } = z.object({ services: z.looseObject({ 'app-1': app, 'app-2': app }) }).parse(compose);
    assert.deepEqual(services['app-1'], services['app-2']);
    const { environment, stop_grace_period } = services['app-1'];
    assertKnown(Object.keys(environment), 'compose.yaml');
    for (const needed of ['DATABASE_URL', 'REDIS_URL', 'THINKGLASS_SECRET', 'PUBLIC_URL'])
      assert.ok(environment[needed], needed);
    assert.ok(Number.parseInt(stop_grace_period, 10) >= Number(environment.DRAIN_MS) / 1000 + endSeconds);
    for (const service of Object.values(services))
      z.object({ image: z.string().regex(/^([a-z]+\/)?[a-z]+(:[\w.-]+)?$/), restart: z.string() }).parse(service);
  });

  test('kubernetes: probes the server answers, an end that is waited for, selectors that select', () => {
    const all = documents('deploy/kubernetes/thinkglass.yaml');
    const kinds = all.map((document) => z.object({ kind: z.string(), apiVersion: z.string() }).parse(document).kind);
    assert.deepEqual(kinds, ['ConfigMap', 'Deployment', 'Service', 'PodDisruptionBudget', 'Ingress']);
    const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(all[0]);
    const [secret] = documents('deploy/kubernetes/secret.example.yaml');
    const { stringData } = z.object({ stringData: z.record(z.string(), z.string()) }).parse(secret);
    assertKnown([...Object.keys(data), ...Object.keys(stringData)], 'kubernetes');
    const { spec } = deploymentSchema.parse(all[1]).spec.template;
    const [container] = spec.containers;
    assert.equal(container.ports[0].containerPort, 3000);
    for (const name of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const)
      assert.ok(existsSync(path.join(root, 'app', container[name].httpGet.path, 'route.ts')), name);
    const preStopMs = Number(/, (\d+)\)$/.exec(container.lifecycle.preStop.exec.command.at(-1) ?? '')?.[1]);
    assert.ok(
      spec.terminationGracePeriodSeconds >= Number(data.DRAIN_MS) / 1000 + preStopMs / 1000 + endSeconds,
      'the server would be killed before its end',
    );
    z.object({ spec: z.object({ selector: labels }) }).parse(all[2]);
    z.object({ spec: z.object({ selector: z.object({ matchLabels: labels }), minAvailable: z.literal(1) }) }).parse(
      all[3],
    );
    const { metadata } = z
      .object({ metadata: z.object({ annotations: z.record(z.string(), z.string()) }) })
      .parse(all[4]);
    assert.equal(metadata.annotations['nginx.ingress.kubernetes.io/proxy-buffering'], 'off');
  });

  test('kubernetes: the tables are brought up to date by a command that is in the image', () => {
    const [job] = documents('deploy/kubernetes/migrate.yaml');
    const container = z.object({ command: z.tuple([z.literal('node'), z.string()]), image: z.string() });
    const template = z.object({
      spec: z.object({ restartPolicy: z.literal('Never'), containers: z.tuple([container]) }),
    });
    const { spec } = z.object({ kind: z.literal('Job'), spec: z.object({ template }) }).parse(job);
    const [{ command, image }] = spec.template.spec.containers;
    assert.ok(existsSync(path.join(root, command[1])), command[1]);
    assert.ok(read('deploy/kubernetes/thinkglass.yaml').includes(`image: ${image}\n`));
  });

  const nginx = '/usr/sbin/nginx';
  test('nginx takes its files, and holds no stream back', { skip: !existsSync(nginx) }, () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-nginx-'));
    try {
      const own = `pid ${folder}/pid; error_log stderr;\n`;
      const wholes = {
        'compose.conf': read('deploy/nginx/compose.conf')
          .replace(/^(pid|error_log) .*$/gm, '')
          .replaceAll(/\bapp-\d:/g, '127.0.0.1:'),
        'thinkglass.conf': `events {}\nhttp {\n${read('deploy/nginx/thinkglass.conf')}\n}\n`,
      };
      for (const [name, text] of Object.entries(wholes)) {
        assert.match(text, /proxy_buffering off;/);
        const file = path.join(folder, name);
        writeFileSync(file, own + text);
        const { status, stderr } = spawnSync(nginx, ['-t', '-p', folder, '-c', file], { encoding: 'utf8' });
        assert.equal(status, 0, stderr);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('the unit waits for the end, and its settings are known', () => {
    const unit = read('deploy/systemd/thinkglass.service');
    const [, settings = ''] = /^Environment=(.+)$/m.exec(unit) ?? [];
    const pairs = settings.split(' ').map((pair) => pair.split('=') as [string, string]);
    assertKnown(
      pairs.map(([name]) => name),
      'thinkglass.service',
    );
    const drainSeconds = Number(Object.fromEntries(pairs).DRAIN_MS) / 1000;
    assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) >= drainSeconds + endSeconds);
    const [, script = ''] = /^ExecStart=\S+ (\S+)$/m.exec(unit) ?? [];
    assert.ok(existsSync(path.join(root, script)), script);
  });

  const analyze = '/usr/bin/systemd-analyze';
  test('systemd takes the unit', { skip: !existsSync(analyze) }, () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-unit-'));
    try {
      const file = path.join(folder, 'thinkglass.service');
      writeFileSync(file, read('deploy/systemd/thinkglass.service').replace('/usr/bin/node', process.execPath));
      const said = execFileSync(analyze, ['verify', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      assert.equal(said, '');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
