import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { countText, numberText, plural, secondsText } from '../../../cli/terminal/plain-words.ts';
import { tableLines } from '../../../cli/terminal/table-text.ts';
import { makeTerminal } from '../../../cli/terminal/terminal.ts';

function terminalOf(options: { isScreen: boolean; isJson: boolean }) {
  const written = { stdout: '', stderr: '' };
  const terminal = makeTerminal({
    ...options,
    colors: pc.createColors(false),
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
  });
  return { terminal, written };
}

describe('a terminal', () => {
  it('writes a line per change of progress where there is no screen', () => {
    const { terminal, written } = terminalOf({ isScreen: false, isJson: false });
    terminal.progress('a');
    terminal.progress('a');
    terminal.progress('b');
    terminal.progressEnd();
    terminal.print('done');
    expect(written).toEqual({ stdout: 'done\n', stderr: 'a\nb\n' });
  });

  it('shows what would move the cursor or rename the window as what it is not, and keeps colours and line ends', () => {
    const { terminal, written } = terminalOf({ isScreen: false, isJson: false });
    terminal.print('held by \u001b]0;x\u0007 ada\r\u001b[2J');
    terminal.note('\u001b[32m✓\u001b[39m\ttwo\nlines');
    expect(written).toEqual({ stdout: 'held by �]0;x� ada��[2J\n', stderr: '\u001b[32m✓\u001b[39m\ttwo\nlines\n' });
    expect(tableLines(['A', 'B'], [['one\n  two', 'x']])).toEqual(['A        B', 'one two  x']);
  });

  it('rewrites one line on a screen, and takes it away in the end', () => {
    const { terminal, written } = terminalOf({ isScreen: true, isJson: false });
    terminal.progress('a');
    terminal.progress('b');
    terminal.progressEnd();
    expect(written.stderr.split('\u001b[2K').at(-1)).toBe('');
    expect(written.stderr).not.toContain('\n');
  });

  it('keeps stdout for the result with --json', () => {
    const { terminal, written } = terminalOf({ isScreen: false, isJson: true });
    terminal.print('for people');
    terminal.note('a note');
    terminal.json({ a: 1 });
    expect(written).toEqual({ stdout: '{"a":1}\n', stderr: 'a note\n' });
  });
});

describe('a table', () => {
  it('lines its columns up, numbers to the right', () => {
    expect(
      tableLines(
        ['NAME', 'ROWS', 'X'],
        [
          ['spend', '1,200', ''],
          ['a', '7', 'yes'],
        ],
      ),
    ).toEqual(['NAME    ROWS  X', 'spend  1,200', 'a          7  yes']);
  });

  it('without rows is nothing', () => {
    expect(tableLines(['NAME'], [])).toEqual([]);
  });
});

it('spells numbers for people', () => {
  expect([countText(1234567), plural(1, 'row'), plural(2000, 'row'), numberText(0.5), numberText(0.12345)]).toEqual([
    '1,234,567',
    '1 row',
    '2,000 rows',
    '0.5',
    '0.1235',
  ]);
  expect([secondsText(840), secondsText(12_400), secondsText(185_000)]).toEqual(['0.8 s', '12 s', '3 min 5 s']);
});
