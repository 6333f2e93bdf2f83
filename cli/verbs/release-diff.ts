import type { ReleaseDiffResponse } from '../../contracts/api/releases.ts';
import { shortId } from '../terminal/plain-words.ts';
import type { VerbContext } from './verb-context.ts';

/** What differs between two releases, named by the first digits of their ids. */
export async function printReleaseDiff({ api, terminal }: VerbContext, before: string, after: string): Promise<void> {
  const path = `/v1/releases/${encodeURIComponent(before)}/diff/${encodeURIComponent(after)}`;
  const diff = await api.get<ReleaseDiffResponse>(path);
  terminal.json(diff);
  const { colors } = terminal;
  terminal.print(`${colors.bold(shortId(diff.before))} → ${colors.bold(shortId(diff.after))}`);
  if (diff.before === diff.after) {
    terminal.print('one and the same release');
    return;
  }
  terminal.print(
    diff.answerAlike
      ? 'the same candidate: both answer every request alike'
      : 'they may answer the same request differently',
  );
  for (const { title, lines } of diff.sections) {
    terminal.print();
    terminal.print(colors.bold(title));
    for (const { says } of lines) terminal.print(`  ${says}`);
  }
}
