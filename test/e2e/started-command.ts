import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../arch/source-files.ts';
import type { Ended } from './command-line.ts';

/** A command that keeps running, in a process group of its own, as a terminal gives it one. */
export interface StartedCommand {
  /** What matches, once it was printed. @throws Error with all that was printed when the command ends before */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
  /** Signals the whole group, as Ctrl-C in a terminal does, and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

export function startCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): StartedCommand {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, signal);
    } catch {
      // it has ended by itself
    }
  };
  const killGroup = (): void => signalGroup('SIGKILL');
  process.once('exit', killGroup);
  let ending: string | undefined;
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      process.off('exit', killGroup);
      ending = signal ?? `code ${code}`;
      resolve({ code, ...said });
    });
  });
  return {
    printed: async (pattern) => {
      for (;;) {
        const all = said.stdout + said.stderr;
        const found = pattern.exec(all);
        if (found !== null) return found;
        if (ending !== undefined) {
          throw new Error(`${command} ${args.join(' ')} ended with ${ending} before it printed ${pattern}:\n${all}`);
        }
        await sleep(20);
      }
    },
    ended,
    end: (signal) => {
      signalGroup(signal);
      return ended;
    },
  };
}
