import type { ResolvedView } from '../definitions/definitions.ts';
import { sourceTable, viewTable } from '../offline/table-layout.ts';
import type { Run } from '../offline/table-state.ts';
import type { Rollout } from '../rollout/rollout.ts';
import { type ReleaseManifest, releaseIdOf } from './release-manifest.ts';

/** What something came from, down to the tables that were read. */
export interface LineageNode {
  readonly kind: 'rollout' | 'release' | 'job' | 'training-set' | 'table' | 'run' | 'feature-view';
  /** Names it among its kind. */
  readonly name: string;
  /** One line for a reader. */
  readonly says: string;
  readonly from: readonly LineageNode[];
}

/** Committed runs of a table. */
export type RunsOf = (table: string) => readonly Run[];

const SHOWN_RUNS = 5;

/** A release and all it came from; the rollouts it went out with come first. */
export function lineageOf(
  manifest: ReleaseManifest,
  rollouts: readonly Rollout[],
  runsOf: RunsOf,
): { readonly rollouts: readonly LineageNode[]; readonly release: LineageNode } {
  const releaseId = releaseIdOf(manifest);
  const { model, training, trainingSet, provenance } = manifest;
  const why = provenance === undefined ? '' : `, ${provenance.training.cause}`;
  const { search } = training;
  const ofSearch = search === undefined ? '' : `, the best of ${search.jobs} jobs of ${search.jobName}`;
  return {
    rollouts: rollouts
      .filter((rollout) => rollout.releaseId === releaseId)
      .map(({ rolloutId, outcome, phase, startedAt, because }) => ({
        kind: 'rollout',
        name: rolloutId,
        says: `${outcome ?? phase}, begun ${startedAt}${because === null ? '' : `: ${because}`}`,
        from: [],
      })),
    release: {
      kind: 'release',
      name: releaseId,
      says: `of model ${model.name}, created ${manifest.createdAt}`,
      from: [
        {
          kind: 'job',
          name: training.jobName,
          says: `${training.seconds} s on ${training.instanceType}${ofSearch}${why}`,
          from: [
            {
              kind: 'training-set',
              name: trainingSet.trainingSetId,
              says: `${trainingSet.rows.train} training, ${trainingSet.rows.validation} validation, ${trainingSet.rows.test} test rows`,
              from: tablesOf(manifest, runsOf),
            },
          ],
        },
      ],
    },
  };
}

/** Every table the set was joined from, as of its watermark; a view's table leads on to its view and its source. */
function tablesOf({ trainingSet, featureViews }: ReleaseManifest, runsOf: RunsOf): readonly LineageNode[] {
  return Object.entries(trainingSet.watermarks)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([table, watermarkMs]) => {
      const found = featureViews.find(({ view, version }) => table === viewTable(view.name, version));
      return tableNode(table, watermarkMs, [
        ...runNodes(runsOf(table), watermarkMs),
        ...(found === undefined ? [] : [viewNode(found, watermarkMs, runsOf)]),
      ]);
    });
}

function tableNode(name: string, watermarkMs: number, from: readonly LineageNode[]): LineageNode {
  return { kind: 'table', name, says: `rows loaded up to ${new Date(watermarkMs).toISOString()}`, from };
}

function viewNode({ view, version, entity, source }: ResolvedView, watermarkMs: number, runsOf: RunsOf): LineageNode {
  const table = sourceTable(source.name);
  return {
    kind: 'feature-view',
    name: `${view.name}@${version}`,
    says: `${view.features.length} features of one ${entity.name}`,
    from: [tableNode(table, watermarkMs, runNodes(runsOf(table), watermarkMs))],
  };
}

/** The newest runs whose rows could be seen, and how many there are beside them. */
function runNodes(runs: readonly Run[], watermarkMs: number): readonly LineageNode[] {
  const seen = runs
    .filter(({ loadedAtMs }) => loadedAtMs <= watermarkMs)
    .toSorted((a, b) => b.loadedAtMs - a.loadedAtMs);
  const nodes = seen.slice(0, SHOWN_RUNS).map(({ runId, loadedAtMs, facts }): LineageNode => {
    const file = facts?.report['fileName'];
    const says = `${facts?.rows ?? 0} rows at ${new Date(loadedAtMs).toISOString()}`;
    return { kind: 'run', name: runId, says: typeof file === 'string' ? `${says} of ${file}` : says, from: [] };
  });
  const more = seen.length - nodes.length;
  return more === 0 ? nodes : [...nodes, { kind: 'run', name: `${more} more`, says: 'before those', from: [] }];
}

/** Every table of `lineageOf` that runs are asked of. */
export function lineageTables({ trainingSet, featureViews }: ReleaseManifest): readonly string[] {
  const read = Object.keys(trainingSet.watermarks);
  const sources = featureViews
    .filter(({ view, version }) => read.includes(viewTable(view.name, version)))
    .map(({ source }) => sourceTable(source.name));
  return [...new Set([...read, ...sources])].sort();
}
