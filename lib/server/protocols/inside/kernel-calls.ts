import { kernelBytes } from './kernels.ts';

/** The functions of kernels.wat; what each takes stands there. */
export type Kernels = Record<
  'multiply' | 'normalize' | 'rotate' | 'attend' | 'square' | 'outer' | 'normalizeBack' | 'squareBack' | 'attendBack',
  (...numbers: number[]) => void
>;

let compiled: WebAssembly.Module | undefined;

/** The kernels with a memory of their own. */
export function startKernels(): { memory: WebAssembly.Memory; kernels: Kernels } {
  compiled ??= new WebAssembly.Module(kernelBytes());
  const { exports } = new WebAssembly.Instance(compiled);
  return {
    memory: exports.memory as WebAssembly.Memory, // kernels.wat exports it under this name
    kernels: exports as unknown as Kernels, // and these functions
  };
}
