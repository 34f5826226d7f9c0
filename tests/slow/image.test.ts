import assert from 'node:assert/strict';
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { questionText } from '../../lib/server/protocols/replay/questions.ts';
import { ApiClient } from '../fakes/api-client.ts';
import { freePort } from '../fakes/server.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const node = path.join(root, 'node_modules/.bin/node');
/** `nobody`: as whom the server runs here where the test itself runs as root. */
const nobody = 65_534;

/**
 * What the Dockerfile builds, without Docker: the same command lays the image's files out, and the server runs there as
 * no root. Node's permission model keeps it to that folder and its data, so nothing of the repository can help it out.
 */
describe('the image', () => {
  const world = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-image-'));
  const image = path.join(world, 'app');
  const data = path.join(world, 'data');
  const ownNode = path.join(world, 'node');
  const asNobody = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const kept = [
    '--permission',
    ...[image, data].map((folder) => `--allow-fs-read=${folder}`),
    `--allow-fs-write=${data}`,
    '--allow-worker',
  ];
  let server: ChildProcess | undefined;
  let said = '';
  let url = '';
  let env: NodeJS.ProcessEnv = { NODE_ENV: 'production' };

  before(async () => {
    execFileSync(node, ['scripts/image.mjs', image], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    copyFileSync(node, ownNode);
    for (const folder of [world, image]) chmodSync(folder, 0o755);
    mkdirSync(data, { mode: 0o700 });
    if (asNobody.uid !== undefined) chownSync(data, nobody, nobody);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    env = {
      ...env,
      PORT: String(port),
      THINKGLASS_DATA: data,
      THINKGLASS_LOCAL_SERVERS: 'off',
      THINKGLASS_REPLAY_SPEED: '1000',
    };
    server = spawn(ownNode, [...kept, 'scripts/serve.mjs'], {
      cwd: image,
      env: { ...env, INSIDE_TOKENS_PER_SECOND: '10000' },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...asNobody,
    });
    for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk));
    await until(async () => (await fetch(`${url}/api/health/ready`)).ok);
  });
  after(() => {
    server?.kill('SIGKILL');
    rmSync(world, { recursive: true, force: true });
  });

  /** Waits until this is so; a server that is not there yet is waited for, one that has ended is not. */
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 120_000;
    while (Date.now() < deadline) {
      assert.equal(server?.exitCode, null, said);
      if (await isSo().catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.fail(`not within two minutes:\n${said}`);
  }

  test('is small, holds no link that leads out of it, and no path of the machine that built it', () => {
    const files = readdirSync(image, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
    const [megabytes = ''] = execFileSync('du', ['-sm', image], { encoding: 'utf8' }).split('\t');
    console.log(`the image's own files: ${megabytes} MB, ${files.length}`);
    assert.ok(Number(megabytes) < 160, `${megabytes} MB`);
    const outside = execFileSync('find', [image, '-xtype', 'l'], { encoding: 'utf8' });
    assert.equal(outside, '');
    const settings = readFileSync(path.join(image, '.next/required-server-files.json'), 'utf8');
    assert.ok(!settings.includes(root));
  });

  test('serves its pages, and the health check of the container is well', async () => {
    const home = await fetch(url);
    assert.equal(home.status, 200);
    const html = await home.text();
    const [script = ''] = html.match(/\/_next\/static\/chunks\/[\w.-]+\.js/) ?? [];
    for (const file of [script, '/icon.svg', '/s/files/page.css', '/s/files/katex.css', '/s/files/page.js'])
      assert.equal((await fetch(url + file)).status, 200, file);
    const check = spawn(ownNode, ['scripts/alive.mjs'], { cwd: image, env, ...asNobody });
    assert.deepEqual(await once(check, 'exit'), [0, null]);
  });

  test('a recording and a model inside answer, a share has its picture', async () => {
    const client = new ApiClient(url);
    const recorded = await client.askNew({ providerId: 'replay', modelKey: 'r1' }, questionText('power'));
    await client.follow(recorded.conversationId, recorded.cursor);
    const generation = await client.generation(recorded.answerId);
    assert.equal(generation.finish?.outcome, 'complete', said);
    assert.ok((generation.usage?.reasoningTokens ?? 0) > 0);

    const inside = await client.askNew({ providerId: 'inside', modelKey: 'tiny-zero' }, 'make 58 from 6, 10 and 2', {
      sampling: { temperature: 0 },
    });
    const messages = await client.follow(inside.conversationId, inside.cursor);
    assert.match(JSON.stringify(messages.get(inside.answerId)?.segments), /= 58/, said);

    const share = await client.json<{ id: string }>('POST', '/api/shares', {
      conversationId: recorded.conversationId,
      threads: [{ threadId: recorded.threadId, leafId: recorded.answerId }],
      thinking: 'folded',
      numbers: true,
      expires: 'never',
    });
    const page = await (await fetch(`${url}/s/${share.id}`)).text();
    assert.match(page, /\/s\/files\/page\.css/);
    const picture = new Uint8Array(await (await fetch(`${url}/s/${share.id}/image`)).arrayBuffer());
    assert.deepEqual([...picture.subarray(1, 4)], [...Buffer.from('PNG')], said);
  });

  test('the tokenizers are there', async () => {
    const look = `
      const { findTokenizerFiles } = await import('./lib/server/tokenizer/vocabularies.ts');
      const { readFileSync } = await import('node:fs');
      const { library, vocabularies } = findTokenizerFiles();
      await import(library);
      console.log(Object.values(vocabularies).every(({ tokenizer }) => readFileSync(tokenizer).length > 1_000_000));`;
    const args = [...kept, '--input-type=module', '-e', look];
    const { stdout } = await run(ownNode, args, { cwd: image, env, ...asNobody });
    assert.equal(stdout.trim(), 'true');
  });

  test('its own commands work, and SIGTERM ends it in order', async () => {
    const backup = path.join(data, 'backup');
    const { stdout } = await run(ownNode, [...kept, 'scripts/backup.mjs', backup], { cwd: image, env, ...asNobody });
    assert.match(stdout, /^1 conversation|^2 conversations/);
    assert.ok(server);
    const gone = once(server, 'exit');
    server.kill('SIGTERM');
    assert.deepEqual(await gone, [0, null], said);
  });
});
