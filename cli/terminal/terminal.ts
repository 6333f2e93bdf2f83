import { stripVTControlCharacters } from 'node:util';
import type { Colors } from 'picocolors/types.js';
import { harmlessText } from './harmless-text.ts';

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
  /** The same in several lines: all of them on a terminal, in place of those before; elsewhere the first, when it changed. */
  progressBlock(lines: readonly string[]): void;
  /** Ends the changing lines. */
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
  /** Width of the screen. */
  readonly columns?: number;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const ERASE_LINE = '\r\u001b[2K';
const ERASE_LINE_ABOVE = '\u001b[1A\u001b[2K';
const USUAL_COLUMNS = 80;

export function makeTerminal({ stdout, stderr, isScreen, isJson, colors }: TerminalOptions): Terminal {
  let current: string | null = null;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  /** Lines of the block that is on the screen. */
  let blockHeight = 0;

  const draw = (): void => {
    frame = (frame + 1) % FRAMES.length;
    stderr.write(`${ERASE_LINE}${colors.cyan(FRAMES[frame] ?? '')} ${current ?? ''}`);
  };
  const erase = (): void => {
    if (!isScreen || current === null) return;
    stderr.write(`${ERASE_LINE}${ERASE_LINE_ABOVE.repeat(blockHeight)}`);
    blockHeight = 0;
  };
  const terminal: Terminal = {
    colors,
    print: (line = '') => {
      if (isJson) return;
      erase();
      stdout.write(`${harmlessText(line)}\n`);
    },
    json: (value) => {
      if (!isJson) return;
      erase();
      stdout.write(`${JSON.stringify(value)}\n`);
    },
    note: (line) => {
      erase();
      stderr.write(`${harmlessText(line)}\n`);
    },
    progress: (given) => {
      const line = harmlessText(given);
      if (line === current) return;
      current = line;
      if (!isScreen) {
        stderr.write(`${line}\n`);
        return;
      }
      draw();
      timer ??= setInterval(draw, FRAME_MS).unref();
    },
    progressBlock: (lines) => {
      const [first = ''] = lines;
      if (!isScreen) {
        terminal.progress(first);
        return;
      }
      clearInterval(timer);
      timer = undefined;
      erase();
      current = first;
      const columns = (stderr.columns ?? USUAL_COLUMNS) - 1;
      // a line that wraps could not be taken back
      for (const line of lines) stderr.write(`${fitted(harmlessText(line), columns)}\n`);
      blockHeight = lines.length;
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

/** The line, cut where the screen ends; colours are lost when it is. */
function fitted(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= columns ? line : `${plain.slice(0, columns - 1)}…`;
}
