// @ts-check
// What the project's own commands share: how they speak, how they refuse, how they run other programs.
// Plain JavaScript for Node 20: these files run before `node_modules` exists.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The project's folder, with its links resolved. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** A reason not to go on, in words for the person at the terminal; shown without a stack. */
export class Refusal extends Error {}

/**
 * Says one thing to the person at the terminal. On stderr, so that it never mixes with a command's output.
 * @param {string} text
 */
export function tell(text) {
  process.stderr.write(`thinkglass: ${text}\n`);
}

/**
 * Runs a command's main function: its number is the exit code, a refusal is told in one line and exits 1.
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (error instanceof Refusal) tell(error.message);
    else console.error(error);
    process.exitCode = 1;
  }
}

/** @type {NodeJS.Signals[]} */
const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program with our own stdin, stdout and stderr, passes signals on to it and waits for its end.
 * If we were told to stop meanwhile, we exit with 128 + the signal once the program is gone, unless its code is ours.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{
 *   cwd?: string,
 *   env?: NodeJS.ProcessEnv,
 *   stdio?: import('node:child_process').StdioOptions,
 *   ownGroup?: boolean,
 *   limitMs?: number,
 *   itsCodeIsOurs?: boolean,
 *   onStart?: (pid: number) => void,
 * }} [options] `ownGroup`: the program and all it starts form a group that ends with it. `limitMs`: then it is ended.
 * @returns {Promise<{ code: number, timedOut: boolean }>} code 127 when the program could not be started
 */
export function runCommand(command, args, options = {}) {
  const { cwd = projectRoot, env = process.env, stdio = 'inherit', ownGroup = false, onStart } = options;
  const { limitMs, itsCodeIsOurs = false } = options;
  return new Promise((resolve) => {
    /** @type {NodeJS.Signals | undefined} */
    let received;
    let timedOut = false;
    const shell = process.platform === 'win32' && command === 'npm'; // npm is a batch file there
    const child = spawn(command, args, { cwd, env, stdio, shell, detached: ownGroup });
    if (child.pid !== undefined) onStart?.(child.pid);

    /** @param {NodeJS.Signals} signal */
    const send = (signal) => {
      if (child.pid === undefined) return;
      try {
        process.kill(ownGroup && process.platform !== 'win32' ? -child.pid : child.pid, signal);
      } catch {
        // it is gone already
      }
    };
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      received = signal;
      send(signal);
    };
    for (const signal of forwardedSignals) process.on(signal, forward);
    /** @type {NodeJS.Timeout[]} */
    const timers = [];
    if (limitMs !== undefined) {
      timers.push(
        setTimeout(() => {
          timedOut = true;
          send('SIGINT'); // node --test and playwright then say what was still running
          timers.push(setTimeout(() => send('SIGKILL'), 10_000));
        }, limitMs),
      );
    }

    /** @param {number} code */
    const done = (code) => {
      for (const signal of forwardedSignals) process.off(signal, forward);
      for (const timer of timers) clearTimeout(timer);
      if (ownGroup) send('SIGKILL'); // whatever it left behind
      if (received && !itsCodeIsOurs) process.exit(128 + constants.signals[received]);
      resolve({ code, timedOut });
    };
    child.once('error', (error) => {
      tell(`${command} could not be started: ${error.message}`);
      done(127);
    });
    child.once('exit', (code, signal) => done(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}
