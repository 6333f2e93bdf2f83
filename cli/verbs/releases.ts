import type { ReleaseListResponse } from '../../contracts/api/catalog.ts';
import { METRICS } from '../../core/definitions/model.ts';
import { numberText, shortId } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import type { VerbContext } from './verb-context.ts';

/** In the order of their list; the others are in the release. */
const SHOWN_METRICS = 4;

type Release = ReleaseListResponse['releases'][number];

/** Every release of a model, newest first. */
export async function allReleases({ api }: Pick<VerbContext, 'api'>, model: string): Promise<readonly Release[]> {
  const releases: Release[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const page: ReleaseListResponse = await api.get(`/v1/models/${encodeURIComponent(model)}/releases${query}`);
    releases.push(...page.releases);
    cursor = page.next;
  }
  return releases;
}

export async function printReleases({ api, terminal }: VerbContext, model: string): Promise<void> {
  const releases = await allReleases({ api }, model);
  terminal.json({ releases });
  if (releases.length === 0) terminal.print(`${model} has no release yet; train it with "headgate train ${model}"`);
  const rows = releases.map((release) => [
    shortId(release.releaseId),
    release.createdAt,
    release.passed ? 'passed' : 'did not pass',
    METRICS.flatMap((name) => (release.metrics[name] === undefined ? [] : [[name, release.metrics[name]] as const]))
      .slice(0, SHOWN_METRICS)
      .map(([name, value]) => `${name} ${numberText(value)}`)
      .join('  '),
  ]);
  for (const line of tableLines(['RELEASE', 'CREATED', 'GATES', 'METRICS'], rows)) terminal.print(line);
}
