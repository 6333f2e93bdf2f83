import { readFileSync } from 'node:fs';

/** A process id together with its start, because the system gives ids of dead processes to new ones. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot; absent where the system has no `/proc`. */
  readonly startTicks?: string;
}

export function processIdentity(pid: number): ProcessIdentity {
  const startTicks = readStartTicks(pid);
  return startTicks === undefined ? { pid } : { pid, startTicks };
}

/** True while the very process that was recorded runs; false once it ended, even if its id was given away. */
export function isRunning(recorded: ProcessIdentity): boolean {
  try {
    process.kill(recorded.pid, 0);
  } catch (error) {
    // EPERM: somebody else's process has the id, so ours is gone
    if ((error as NodeJS.ErrnoException).code !== undefined) return false;
    throw error;
  }
  const startTicks = readStartTicks(recorded.pid);
  return recorded.startTicks === undefined || startTicks === undefined || startTicks === recorded.startTicks;
}

function readStartTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name is in parentheses and may hold spaces; the start time is the 22nd field of the line.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'zombie' : fields[19];
  } catch {
    return undefined;
  }
}
