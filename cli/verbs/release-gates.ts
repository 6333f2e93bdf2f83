import type { ReleaseResponse } from '../../contracts/api/catalog.ts';
import type { GateVerdict } from '../../core/release/release-manifest.ts';
import { shortId } from '../terminal/plain-words.ts';
import { verdictLines } from '../terminal/verdict-lines.ts';
import { releaseNamed } from './rollout.ts';
import type { VerbContext } from './verb-context.ts';

/** What every gate of a release found, in the order of the definition. */
export async function releaseVerdicts(
  { api }: Pick<VerbContext, 'api'>,
  releaseId: string,
): Promise<readonly GateVerdict[]> {
  const { manifest } = await api.get<ReleaseResponse>(`/v1/releases/${encodeURIComponent(releaseId)}`);
  return manifest['verdicts'] as readonly GateVerdict[]; // the platform wrote the manifest, and every one has them
}

/** @param id of the release, or its first digits */
export async function printReleaseGates(context: VerbContext, model: string, id: string): Promise<void> {
  const { terminal } = context;
  const releaseId = await releaseNamed(context, model, id);
  const verdicts = await releaseVerdicts(context, releaseId);
  terminal.json({ releaseId, model, verdicts });
  terminal.print(`release ${terminal.colors.bold(shortId(releaseId))} of ${model}`);
  for (const line of verdictLines(verdicts, terminal.colors, true)) terminal.print(line);
}
