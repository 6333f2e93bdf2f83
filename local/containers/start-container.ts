import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ContainerCommand } from './images.ts';

/**
 * A user's command must not outlive the region, even one that is killed with SIGKILL. A shell holds the read end of
 * a pipe from the region; when the region dies, the pipe closes and the command is killed. SIGTERM is passed on.
 */
const WATCHING_SHELL = `
exec 3<&0
sh -c "exec $0 \\"\\$@\\"" sh "$@" 3<&- </dev/null &
child=$!
( read -r _ <&3; kill -9 $child 2>/dev/null ) &
watcher=$!
exec 3<&-
trap 'kill -TERM $child 2>/dev/null' TERM
wait $child
code=$?
while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
kill $watcher 2>/dev/null
exit $code
`;

export interface ContainerOptions {
  readonly verb: 'train' | 'serve';
  /** Folder that plays `/opt/ml`. */
  readonly baseDir: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Standard output and error are added here. */
  readonly logFile: string;
}

export interface ContainerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that plays a container; it ends when the region does, however the region ends. */
export interface Container {
  readonly exited: Promise<ContainerExit>;
  /** SIGTERM, then SIGKILL for one that is still there after `graceMs`. Resolves when the process is gone. */
  stop(graceMs: number): Promise<void>;
}

export function startContainer(command: ContainerCommand, options: ContainerOptions): Container {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    ...options.environment,
    SAGEMAKER_BASE_DIR: options.baseDir,
  };
  const child =
    command.kind === 'node'
      ? // the IPC channel closes when the region dies; the script watches it
        spawn(process.execPath, [command.script, options.verb], { env, stdio: ['ignore', log, log, 'ipc'] })
      : spawn('/bin/sh', ['-c', WATCHING_SHELL, command.line, options.verb], { env, stdio: ['pipe', log, log] });
  closeSync(log);
  child.stdin?.on('error', () => {}); // the shell may end before the pipe does
  const exited = new Promise<ContainerExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 127, signal: null }));
  });
  return { exited, stop: (graceMs) => stop(child, exited, graceMs) };
}

async function stop(child: ChildProcess, exited: Promise<unknown>, graceMs: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => {
    // for a shell, the closing pipe is what kills its command
    if (child.stdin === null) child.kill('SIGKILL');
    else child.stdin.destroy();
  }, graceMs);
  await exited;
  clearTimeout(timer);
}
