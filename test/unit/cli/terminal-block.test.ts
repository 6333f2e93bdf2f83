import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { makeTerminal } from '../../../cli/terminal/terminal.ts';

function terminalOf(isScreen: boolean, columns = 20) {
  let stderr = '';
  const terminal = makeTerminal({
    stdout: { write: () => undefined },
    stderr: { write: (text) => (stderr += text), columns },
    isScreen,
    isJson: false,
    colors: pc.createColors(false),
  });
  return { terminal, written: () => stderr };
}

const UP_AND_ERASE = '\u001b[1A\u001b[2K';

describe('several lines of progress', () => {
  it('take the place of those before on a screen, and are gone in the end', () => {
    const { terminal, written } = terminalOf(true);
    terminal.progressBlock(['one', 'two']);
    terminal.progressBlock(['three']);
    terminal.progressEnd();
    expect(written()).toBe(`one\ntwo\n\r\u001b[2K${UP_AND_ERASE.repeat(2)}three\n\r\u001b[2K${UP_AND_ERASE}`);
  });

  it('are cut where the screen ends, so that each can be taken back', () => {
    const { terminal, written } = terminalOf(true, 8);
    terminal.progressBlock(['123456789']);
    expect(written()).toBe('123456…\n');
  });

  it('make way for a line that stays', () => {
    const { terminal, written } = terminalOf(true);
    terminal.progressBlock(['one']);
    terminal.note('stays');
    expect(written()).toBe(`one\n\r\u001b[2K${UP_AND_ERASE}stays\n`);
  });

  it('are the first line alone where there is no screen, when it changes', () => {
    const { terminal, written } = terminalOf(false);
    terminal.progressBlock(['one', 'two']);
    terminal.progressBlock(['one', 'three']);
    terminal.progressBlock(['four']);
    expect(written()).toBe('one\nfour\n');
  });
});
