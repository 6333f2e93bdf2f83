import type { ModelResponse } from '../../contracts/api/catalog.ts';
import type { CardResponse, LineageNode, LineageResponse } from '../../contracts/api/releases.ts';
import { CliError } from '../cli-error.ts';
import { allReleases } from './releases.ts';
import type { VerbContext } from './verb-context.ts';

/** The card of the release that answers, or of the newest where none does; in Markdown. */
export async function printCard({ api, terminal }: VerbContext, model: string, release?: string): Promise<void> {
  const id = release ?? (await presentRelease({ api }, model));
  const card = await api.get<CardResponse>(`/v1/releases/${encodeURIComponent(id)}/card`);
  terminal.json(card);
  terminal.print(card.markdown.trimEnd());
}

/** What the release came from, as a tree. */
export async function printLineage({ api, terminal }: VerbContext, model: string, release?: string): Promise<void> {
  const id = release ?? (await presentRelease({ api }, model));
  const lineage = await api.get<LineageResponse>(`/v1/releases/${encodeURIComponent(id)}/lineage`);
  terminal.json(lineage);
  for (const rollout of lineage.rollouts) terminal.print(nodeText(rollout));
  for (const line of treeLines(lineage.release)) terminal.print(line);
}

async function presentRelease({ api }: Pick<VerbContext, 'api'>, model: string): Promise<string> {
  const { route } = await api.get<ModelResponse>(`/v1/models/${encodeURIComponent(model)}`);
  const id = route?.champion?.releaseId ?? (await allReleases({ api }, model))[0]?.releaseId;
  if (id === undefined) throw new CliError(`${model} has no release yet`, `train it with "headgate train ${model}"`);
  return id;
}

/** Lines of a tree whose branches are drawn. */
export function treeLines(node: LineageNode): readonly string[] {
  const below = node.from.flatMap((child, i) => {
    const isLast = i === node.from.length - 1;
    const [first = '', ...rest] = treeLines(child);
    return [`${isLast ? '└─' : '├─'} ${first}`, ...rest.map((line) => `${isLast ? '  ' : '│ '} ${line}`)];
  });
  return [nodeText(node), ...below];
}

function nodeText({ kind, name, says }: LineageNode): string {
  const short = /^[0-9a-f]{32,64}$/.test(name) ? name.slice(0, 12) : name;
  return `${kind.replace('-', ' ')} ${short}  ${says}`;
}
