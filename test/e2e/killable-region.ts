import { fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface KillableRegion {
  readonly url: string;
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>;
}

export async function startKillableRegion(assemblyDir: string, stateDir: string): Promise<KillableRegion> {
  const { isUp, kill } = launchRegion(assemblyDir, stateDir);
  return { url: await isUp, kill };
}

/** A region that is still coming up; `isUp` gives its URL, or rejects when it ends before. */
export function launchRegion(
  assemblyDir: string,
  stateDir: string,
): { readonly isUp: Promise<string>; kill(): Promise<void> } {
  const child = fork(join(import.meta.dirname, 'region-process.ts'), [assemblyDir, stateDir], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const isUp = new Promise<string>((resolve, reject) => {
    child.on('message', (message) => resolve((message as { apiUrl: string }).apiUrl)); // region-process.ts sends it
    child.on('exit', () => reject(new Error(`the region ended: ${said}`)));
  });
  isUp.catch(() => {}); // nobody may wait for it
  return {
    isUp,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/**
 * Command lines of the processes that a region over this state folder started and that still run, after a moment in
 * which they may end. Empty where the system has no `/proc` to look in.
 */
export async function processesLeftBy(stateDir: string): Promise<readonly string[]> {
  for (let attempt = 0; ; attempt++) {
    const left = processesNaming(stateDir);
    if (left.length === 0 || attempt === 100) return left;
    await sleep(50);
  }
}

function processesNaming(stateDir: string): readonly string[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => ({ command: textOf(pid, 'cmdline'), environment: textOf(pid, 'environ') }))
    .filter(({ command, environment }) => command.includes(stateDir) || environment.includes(stateDir))
    .map(({ command }) => command.replaceAll('\0', ' '));
}

/** Empty for a process that has ended meanwhile, or that is somebody else's. */
function textOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
