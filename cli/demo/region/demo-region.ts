import { fork } from 'node:child_process';
import { join } from 'node:path';
import { CliError } from '../../cli-error.ts';

export interface RegionStart {
  readonly definitionsDir: string;
  /** Of the HTTP API; 0 takes a free one. */
  readonly port: number;
  readonly stateDir: string;
  readonly speed: number;
}

/** What the region's process tells. */
export type RegionNews =
  | { readonly kind: 'note' | 'progress'; readonly line: string }
  | { readonly kind: 'up'; readonly apiUrl: string; readonly endpointUrl: string }
  | { readonly kind: 'broken'; readonly because: string };

export interface DemoRegion {
  readonly apiUrl: string;
  /** Resolves when the process is gone, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** A region that hangs while it stops is not waited for any longer. */
const STOP_TIMEOUT_MS = 20_000;

/**
 * Brings a region up in a process of its own, as `headgate up` does, so that the traffic and the screen are not slowed by it.
 *
 * @throws CliError when it does not come up
 */
export async function startDemoRegion(
  start: RegionStart,
  onNote: (news: { readonly kind: 'note' | 'progress'; readonly line: string }) => void,
  signal: AbortSignal,
): Promise<DemoRegion> {
  const child = fork(join(import.meta.dirname, 'region-process.ts'), [JSON.stringify(start)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(late);
  };
  const apiUrl = await new Promise<string>((resolve, reject) => {
    const broken = (because: string): void => reject(new CliError(`the region did not come up: ${because}`));
    child.on('message', (news: RegionNews) => {
      if (news.kind === 'up') resolve(news.apiUrl);
      else if (news.kind === 'broken') broken(news.because);
      else onNote(news);
    });
    child.once('exit', () => broken(said.trim() || 'its process ended'));
    signal.addEventListener('abort', () => broken('stopped'), { once: true });
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { apiUrl, ended, stop };
}
