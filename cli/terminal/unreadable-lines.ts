import type { UnreadableReports } from '../../contracts/api/api-values.ts';
import { plural } from './plain-words.ts';

/** What a person has to know of reports that a list lacks; nothing when it lacks none. */
export function unreadableLines(unreadable: UnreadableReports): readonly string[] {
  if (unreadable.length === 0) return [];
  const told = `${plural(unreadable.length, 'report')} of the newest cannot be read, and is left out of this:`;
  return [told, ...unreadable.map(({ key, because }) => `  ${key}: ${because}`)];
}
