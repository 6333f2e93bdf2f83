import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const START_LIMIT_MS = 60_000;
/** Of the kernel's clock that process times are counted in. */
const TICKS_PER_SECOND = 100;

/** A server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** Processor time that it and its workers have used so far. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export interface ServerCommand {
  /** What it is called with; gets the port. */
  readonly command: (port: number) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly path: string;
}

export async function startServer({ command, env, path }: ServerCommand): Promise<ServerProcess> {
  const port = await freePort();
  const [program = '', ...args] = command(port);
  let said = '';
  // a group of its own, so that workers are counted and ended with it
  const child = spawn(program, args, { env: { ...process.env, ...env }, detached: true });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
  }
  await untilListening(port, child, () => said);
  return {
    url: `http://127.0.0.1:${port}${path}`,
    cpuSeconds: () => groupCpuSeconds(child.pid ?? 0),
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      process.kill(-(child.pid ?? 0), 'SIGTERM');
      await ended;
    },
  };
}

/** Linux: user and system time of every process of the group. */
function groupCpuSeconds(group: number): number {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // it ended in the meantime
    }
  }
  return ticks / TICKS_PER_SECOND;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function untilListening(port: number, child: ChildProcess, said: () => string): Promise<void> {
  const limitMs = performance.now() + START_LIMIT_MS;
  while (performance.now() < limitMs) {
    if (child.exitCode !== null) throw new Error(`a server ended with ${child.exitCode}:\n${said()}`);
    try {
      await (await fetch(`http://127.0.0.1:${port}/`)).arrayBuffer();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100)); // not listening yet
    }
  }
  throw new Error(`a server did not listen within ${START_LIMIT_MS} ms:\n${said()}`);
}
