import pc from 'picocolors';
import { makeTerminal } from './terminal.ts';

const nowhere = { write: () => true };

/** For verbs that are called by something which tells of them itself. */
export const silentTerminal = makeTerminal({
  stdout: nowhere,
  stderr: nowhere,
  isScreen: false,
  isJson: false,
  colors: pc.createColors(false),
});
