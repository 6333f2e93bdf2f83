import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { isRunning, type ProcessIdentity, processIdentity } from '../../state/process-identity.ts';

/**
 * The emulator must not outlive the region, even one that is killed with SIGKILL. A shell holds the read end of a
 * pipe from the region; when the region dies, in whatever way, the pipe closes and the shell kills the emulator.
 */
const WATCHING_SHELL = `
exec 3<&0
"$0" "$@" 3<&- </dev/null &
child=$!
echo "pid $child"
( read -r _ <&3; kill -9 $child 2>/dev/null ) &
watcher=$!
exec 3<&-
wait $child
code=$?
kill $watcher 2>/dev/null
exit $code
`;

const START_LIMIT_MS = 10_000;
const LONGEST_RUN_OF_CRASHES = 5;

export interface EmulatorProcess {
  /** Where it listens now; a crash and restart keeps the port. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts the emulator over the database file in `dir`, and again whenever it crashes.
 *
 * @param dir holds the database and the record of the process; a process left by a dead region is ended first
 */
export async function startEmulator(options: {
  readonly binary: string;
  readonly dir: string;
  readonly logFile: string;
  readonly onCrash: (message: string) => void;
}): Promise<EmulatorProcess> {
  mkdirSync(options.dir, { recursive: true });
  const recordFile = join(options.dir, 'process.json');
  endLeftover(recordFile);
  const port = await freePort();
  const args = ['serve', '--host', '127.0.0.1', '--port', String(port), '--db-path', join(options.dir, 'tables.db')];
  const log = createWriteStream(options.logFile, { flags: 'a' });
  let child: ChildProcess;
  let isStopping = false;
  let crashes = 0;

  const launch = async () => {
    child = spawn('/bin/sh', ['-c', WATCHING_SHELL, options.binary, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true, // Ctrl-C in the terminal is for the region, which then stops the emulator when all else is done
    });
    child.stdin?.on('error', () => {}); // the shell may end before the pipe does
    child.stderr?.on('data', (chunk: Buffer) => log.write(chunk));
    child.stdout?.on('data', (chunk: Buffer) => {
      log.write(chunk);
      const pid = /^pid (\d+)$/m.exec(chunk.toString())?.[1];
      if (pid !== undefined) writeFileSync(recordFile, JSON.stringify(processIdentity(Number(pid))));
    });
    child.once('exit', (code) => {
      if (isStopping) return;
      crashes++;
      options.onCrash(`the DynamoDB emulator ended with code ${code}, see ${options.logFile}`);
      if (crashes <= LONGEST_RUN_OF_CRASHES) launch().catch((error: unknown) => options.onCrash(String(error)));
    });
    await waitUntilUp(port, () => child.exitCode);
  };
  await launch();

  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      isStopping = true;
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.stdin?.end();
        await ended;
      }
      rmSync(recordFile, { force: true });
      await new Promise<void>((resolve) => log.end(() => resolve()));
    },
  };
}

/** A record is left only when region and shell were both killed; it names a process, not just an id. */
function endLeftover(recordFile: string): void {
  if (!existsSync(recordFile)) return;
  const recorded = JSON.parse(readFileSync(recordFile, 'utf8')) as ProcessIdentity; // written by startEmulator
  if (recorded.startTicks !== undefined && isRunning(recorded)) process.kill(recorded.pid, 'SIGKILL');
  rmSync(recordFile, { force: true });
}

/** The emulator can not report a port it chose itself, so it is given one that was free a moment ago. */
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

async function waitUntilUp(port: number, exitCode: () => number | null): Promise<void> {
  const limit = performance.now() + START_LIMIT_MS;
  while (performance.now() < limit) {
    if (exitCode() !== null) throw new Error(`the DynamoDB emulator ended with code ${exitCode()} while starting`);
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' });
      await response.arrayBuffer();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10)); // not listening yet
    }
  }
  throw new Error(`the DynamoDB emulator did not listen on port ${port} within ${START_LIMIT_MS} ms`);
}
