import { countText, plural, secondsText, shortId } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import type { StoryFigures } from './figures/story-figures.ts';

export interface Ending {
  readonly figures: StoryFigures;
  readonly claims: number;
  readonly totalMs: number;
}

/** What people read at the end. */
export function summaryLines({ figures, claims, totalMs }: Ending): readonly string[] {
  const { phases, answers, requests, failed, auditRecords } = figures;
  return [
    '',
    ...tableLines(
      ['WHAT', 'TOOK'],
      phases.map(({ what, tookMs }) => [what, secondsText(tookMs)]),
    ),
    '',
    ...tableLines(
      ['RELEASE', '', 'STATUS', 'REQUESTS'],
      answers.map(({ releaseId, name, status, requests: own }) => [
        releaseId === null ? '-' : shortId(releaseId),
        name,
        status === 0 ? 'no answer' : String(status),
        countText(own),
      ]),
    ),
    '',
    `${plural(requests, 'request')}, ${countText(failed)} failed; ${plural(auditRecords, 'audit record')}, all of them verified`,
    `${plural(claims, 'claim')}, each checked against the API; ${secondsText(totalMs)} in all`,
  ];
}

/** For whoever keeps the region. */
export function lookAroundLines(apiUrl: string, model: string): readonly string[] {
  const headgate = (verb: string): string => `  npx headgate ${verb} --url ${apiUrl}`;
  return [
    '',
    `The region stays at ${apiUrl}. Look around:`,
    headgate('status'),
    headgate(`drift ${model}`),
    headgate(`retraining ${model}`),
    headgate(`rollouts ${model}`),
    headgate(`audit ${model}`),
    'Ctrl-C stops it and removes what it kept.',
  ];
}
