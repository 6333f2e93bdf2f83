import { plural, secondsText } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import type { Story } from './story.ts';

export function summaryLines({ scenes, claims, totalMs }: Story): readonly string[] {
  return [
    '',
    ...tableLines(
      ['SCENE', 'TOOK'],
      scenes.map(({ scene, tookMs }) => [scene, secondsText(tookMs)]),
    ),
    '',
    `${plural(claims.length, 'claim')}, every one checked against the API; ${secondsText(totalMs)} in all`,
  ];
}

/** For whoever keeps the region. */
export function lookAroundLines(apiUrl: string, model: string): readonly string[] {
  const headgate = (verb: string): string => `  npx headgate ${verb} --url ${apiUrl}`;
  return [
    '',
    `The region stays at ${apiUrl}. Look around:`,
    headgate('status'),
    headgate(`rollouts ${model}`),
    headgate(`releases ${model}`),
    headgate(`audit ${model}`),
    'Ctrl-C stops it and removes what it kept.',
  ];
}
