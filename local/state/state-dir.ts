import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRunning, type ProcessIdentity, processIdentity } from './process-identity.ts';

const LOCK_FILE = 'region.lock';
/** Any of these marks a folder as a region's own, so that `fresh` never wipes somebody's documents. */
const MARKERS = [LOCK_FILE, 'region.db'];

export interface StateDirLock {
  release(): void;
}

interface LockDocument extends ProcessIdentity {
  readonly apiPort: number;
  readonly awsPort: number;
}

/**
 * Makes the folder if need be and takes it for this process. A lock left by a dead process is taken over.
 *
 * @throws Error when a living region holds the folder, or when `fresh` would wipe a folder that is not a region's
 */
export function takeStateDir(options: {
  readonly stateDir: string;
  readonly fresh: boolean;
  readonly apiPort: number;
  readonly awsPort: number;
}): StateDirLock {
  const dir = resolve(options.stateDir);
  mkdirSync(dir, { recursive: true });
  const before = readdirSync(dir);
  if (options.fresh && before.length > 0 && !before.some((name) => MARKERS.includes(name))) {
    throw new Error(
      `will not start afresh in ${dir}: it holds files but no region's state; give an empty folder or one a region made`,
    );
  }
  const lockFile = join(dir, LOCK_FILE);
  const mine: LockDocument = {
    ...processIdentity(process.pid),
    apiPort: options.apiPort,
    awsPort: options.awsPort,
  };
  takeLock(lockFile, mine, dir);
  if (options.fresh) {
    for (const name of before) {
      if (name !== LOCK_FILE) rmSync(join(dir, name), { recursive: true, force: true });
    }
  }
  return { release: () => rmSync(lockFile, { force: true }) };
}

function takeLock(lockFile: string, mine: LockDocument, dir: string): void {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      writeFileSync(lockFile, JSON.stringify(mine), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readLock(lockFile);
    if (holder !== undefined && isRunning(holder)) {
      throw new Error(
        `the state folder ${dir} is in use by the region of process ${holder.pid} (API port ${holder.apiPort}); ` +
          'stop that one, or give this one another --state-dir and --port',
      );
    }
    rmSync(lockFile, { force: true });
  }
  throw new Error(`could not take the lock ${lockFile}: another process keeps making it`);
}

/** Undefined for a lock that vanished meanwhile or that a dying process left half-written. */
function readLock(lockFile: string): LockDocument | undefined {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')) as LockDocument; // written by takeLock above
  } catch {
    return undefined;
  }
}
