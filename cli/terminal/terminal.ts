import type { Colors } from 'picocolors/types.js';

/** Where a verb writes: results on one channel, how it goes on the other. */
export interface Terminal {
  readonly colors: Colors;
  /** A line of the result, on stdout. Nothing with `--json`. */
  print(line?: string): void;
  /** The result for machines, on stdout. Nothing without `--json`. */
  json(value: unknown): void;
  /** A line for people that is no result, on stderr. */
  note(line: string): void;
  /** What is being done, on stderr: one line that changes on a terminal, a line per change elsewhere. */
  progress(line: string): void;
  /** Ends the changing line. */
  progressEnd(): void;
}

export interface TerminalOptions {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether stderr is a screen whose line can be rewritten. */
  readonly isScreen: boolean;
  readonly isJson: boolean;
  readonly colors: Colors;
}

interface Writable {
  write(text: string): unknown;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const ERASE_LINE = '\r\u001b[2K';

export function makeTerminal({ stdout, stderr, isScreen, isJson, colors }: TerminalOptions): Terminal {
  let current: string | null = null;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const draw = (): void => {
    frame = (frame + 1) % FRAMES.length;
    stderr.write(`${ERASE_LINE}${colors.cyan(FRAMES[frame] ?? '')} ${current ?? ''}`);
  };
  const erase = (): void => {
    if (isScreen && current !== null) stderr.write(ERASE_LINE);
  };
  const terminal: Terminal = {
    colors,
    print: (line = '') => {
      if (isJson) return;
      erase();
      stdout.write(`${line}\n`);
    },
    json: (value) => {
      if (!isJson) return;
      erase();
      stdout.write(`${JSON.stringify(value)}\n`);
    },
    note: (line) => {
      erase();
      stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (line === current) return;
      current = line;
      if (!isScreen) {
        stderr.write(`${line}\n`);
        return;
      }
      draw();
      timer ??= setInterval(draw, FRAME_MS).unref();
    },
    progressEnd: () => {
      clearInterval(timer);
      timer = undefined;
      erase();
      current = null;
    },
  };
  return terminal;
}
