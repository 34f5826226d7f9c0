// @ts-check
// Makes the model inside's kernels (lib/server/protocols/inside/kernels.ts) from their text (kernels.wat).
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot, runMain, tell } from './cli.mjs';

const folder = path.join(projectRoot, 'lib/server/protocols/inside');
export const kernelsFile = path.join(folder, 'kernels.ts');

/** The module of the kernels as the file that is imported. */
export async function renderKernels() {
  const { default: loadWabt } = await import('wabt');
  const wabt = await loadWabt();
  const source = readFileSync(path.join(folder, 'kernels.wat'), 'utf8');
  const module = wabt.parseWat('kernels.wat', source, { simd: true });
  module.resolveNames();
  module.validate();
  const bytes = module.toBinary({}).buffer;
  module.destroy();
  const base64 = Buffer.from(bytes).toString('base64');
  const lines = base64.match(/.{1,110}/g) ?? [];
  return `// Made from kernels.wat by scripts/kernels.mjs, ${bytes.length} bytes; not written by hand.
const base64 = \`
${lines.join('\n')}
\`;

/** The kernels as a WebAssembly module. */
export function kernelBytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
`;
}

async function main() {
  writeFileSync(kernelsFile, await renderKernels());
  tell(`${path.relative(projectRoot, kernelsFile)} is made.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runMain(main);
