import type { DeadLettersResponse, ReplayDeadLettersResponse } from '../../contracts/api/dead-letters.ts';
import { CliError } from '../cli-error.ts';
import { plural } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import type { VerbContext } from './verb-context.ts';

type Letter = DeadLettersResponse['letters'][number];
type Result = ReplayDeadLettersResponse['results'][number];

/** More are counted, not shown. */
const MAX_SHOWN = 1_000;

/** Records of the stream that were not stored, and why. */
export async function printDeadLetters({ api, terminal }: VerbContext, source: string | undefined): Promise<void> {
  const letters: Letter[] = [];
  let page: DeadLettersResponse;
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ ...(source !== undefined && { source }), ...(after !== null && { after }) });
    page = await api.get<DeadLettersResponse>(`/v1/dead-letters?${query}`);
    letters.push(...page.letters);
    after = page.next;
  } while (after !== null && letters.length < MAX_SHOWN);
  const { total, givenUpBatches } = page;
  terminal.json({ letters, total, givenUpBatches });
  const rows = letters.map(({ source, arrivedAt, reason, letterId }) => [source ?? '-', arrivedAt, reason, letterId]);
  for (const line of tableLines(['SOURCE', 'ARRIVED', 'REASON', 'LETTER'], rows)) terminal.print(line);
  if (total === 0) terminal.print('no dead letters');
  if (total > letters.length) terminal.print(`and ${plural(total - letters.length, 'more letter')}`);
  if (givenUpBatches > 0) {
    terminal.print(
      `${plural(givenUpBatches, 'batch', 'batches')} given up; "headgate replay" makes letters of the records`,
    );
  }
}

/** Replays letters, page by page, and says what became of each. @throws CliError when some are still not stored */
export async function replayLetters(
  { api, terminal }: VerbContext,
  ask: { readonly source?: string | undefined; readonly letterIds: readonly string[] },
): Promise<void> {
  const results: Result[] = [];
  const unreadable = new Set<string>();
  let after: string | null = null;
  do {
    const page: ReplayDeadLettersResponse = await api.post('/v1/dead-letters/replays', {
      ...(ask.source !== undefined && { source: ask.source }),
      ...(ask.letterIds.length > 0 && { letterIds: ask.letterIds }),
      ...(after !== null && { after }),
    });
    results.push(...page.results);
    for (const key of page.unreadableBatches) unreadable.add(key);
    after = page.next;
    if (after !== null) terminal.progress(`replayed ${plural(results.length, 'letter')}`);
  } while (after !== null);
  terminal.progressEnd();
  for (const line of tableLines(['LETTER', 'SOURCE', 'OUTCOME', 'REASON'], results.map(rowOf))) terminal.print(line);
  for (const key of unreadable) terminal.print(`not a batch of the stream: ${key}`);
  const answer = { results, unreadableBatches: [...unreadable] };
  const open = results.filter(({ outcome }) => outcome === 'rejected' || outcome === 'failed');
  terminal.print(`${plural(results.length - open.length, 'letter')} stored, ${open.length} still open`);
  if (open.length > 0) {
    const because = open[0]?.reason ?? 'no reason is known';
    throw new CliError(
      `${plural(open.length, 'letter')} could not be stored, the first because: ${because}`,
      'change the definition of the source, or leave the letters where they are; replaying again is safe',
      answer,
    );
  }
  terminal.json(answer);
}

function rowOf({ letterId, source, outcome, reason }: Result): readonly string[] {
  return [letterId, source ?? '-', outcome, reason ?? ''];
}
