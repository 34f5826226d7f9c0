// @ts-check
// One run at a time may change node_modules or .next. The lock is a folder that holds a file per process which works
// under it: the owner and the program it has started, so that an npm that outlives a killed parent still counts.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { tell } from './cli.mjs';

/**
 * Does the work while nobody else holds the lock; waits for its turn and takes over what a dead process left.
 * @template T
 * @param {string} folder where the lock lives; made if missing
 * @param {(addHolder: (pid: number) => void) => Promise<T>} work is given a function that adds a child as holder
 * @returns {Promise<T>}
 */
export async function withLock(folder, work) {
  mkdirSync(folder, { recursive: true });
  const lock = path.join(folder, 'lock');
  const addHolder = (/** @type {number} */ pid) => writeFileSync(path.join(lock, String(pid)), bornAt(pid));
  let told = false;
  while (!underGuard(folder, () => take(lock))) {
    const holders = livingHolders(lock);
    if (holders.length > 0 && !told) {
      tell(`waiting for another run (process ${holders.join(', ')}) that is installing or building`);
      told = true;
    }
    await wait(100);
  }
  const release = () => {
    const gone = `${lock}-${process.pid}`;
    renameSync(lock, gone); // in one step: a lock that is half removed would look free
    rmSync(gone, { recursive: true, force: true });
  };
  process.once('exit', release);
  try {
    return await work(addHolder);
  } finally {
    process.off('exit', release);
    release();
  }
}

/**
 * @param {string} lock
 * @returns {boolean} whether it is ours now
 */
function take(lock) {
  if (livingHolders(lock).length > 0) return false;
  rmSync(lock, { recursive: true, force: true });
  mkdirSync(lock);
  writeFileSync(path.join(lock, String(process.pid)), bornAt(process.pid));
  return true;
}

/**
 * @param {string} lock
 * @returns {number[]} the processes in it that still run
 */
function livingHolders(lock) {
  try {
    return readdirSync(lock)
      .filter((pid) => bornAt(Number(pid)) !== '' && bornAt(Number(pid)) === readFileSync(path.join(lock, pid), 'utf8'))
      .map(Number);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/**
 * Looks at the lock and changes it in one step, as seen by others: two runs that find a dead owner do not both move in.
 * The guard is held for microseconds; if its owner dies in them, it counts as gone after five seconds.
 * @param {string} folder
 * @param {() => boolean} step
 * @returns {boolean} false as well when the guard is not free right now
 */
function underGuard(folder, step) {
  const guard = path.join(folder, 'guard');
  try {
    mkdirSync(guard);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    const since = statSync(guard, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > 5_000) rmSync(guard, { recursive: true, force: true });
    return false;
  }
  try {
    return step();
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

/**
 * What tells a process from a later one with the same id: its start time where the system says it.
 * @param {number} pid
 * @returns {string} empty when there is no such process
 */
function bornAt(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? '' : `${fields[19]}`;
  } catch {
    if (process.platform === 'linux') return '';
  }
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return '';
  }
}

/**
 * @param {unknown} error
 * @param {...string} codes
 */
function isCode(error, ...codes) {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
