import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

export interface FunctionLog {
  /** A sink for the output of one worker, whose lines are not mixed with those of others. */
  openOutput(): (text: string) => void;
  line(text: string): void;
  close(): Promise<void>;
}

/** What a function prints, in `<stateDir>/logs/<function>.log`; whole lines also go to `onLine`. */
export function openFunctionLog(stateDir: string, functionName: string, onLine: (line: string) => void): FunctionLog {
  let stream: WriteStream | undefined; // opened with the first line: most functions of an assembly never run
  let isClosed = false;
  const open = () => {
    const dir = join(stateDir, 'logs');
    mkdirSync(dir, { recursive: true });
    return createWriteStream(join(dir, `${functionName}.log`), { flags: 'a' });
  };
  const line = (text: string) => {
    if (isClosed) return;
    stream ??= open();
    stream.write(`${text}\n`);
  };
  return {
    line,
    openOutput: () => {
      let unfinished = '';
      return (text) => {
        const lines = (unfinished + text).split('\n');
        unfinished = lines.pop() ?? '';
        for (const each of lines) {
          line(each);
          onLine(each);
        }
      };
    },
    close: () => {
      isClosed = true;
      return new Promise((resolve) => (stream === undefined ? resolve() : stream.end(() => resolve())));
    },
  };
}
