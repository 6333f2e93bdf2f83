import type { ReleaseListResponse } from '../../contracts/api/catalog.ts';
import { numberText, shortId } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import type { VerbContext } from './verb-context.ts';

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
    Object.entries(release.metrics)
      .map(([name, value]) => `${name} ${numberText(value)}`)
      .join('  '),
  ]);
  for (const line of tableLines(['RELEASE', 'CREATED', 'GATES', 'METRICS'], rows)) terminal.print(line);
}
