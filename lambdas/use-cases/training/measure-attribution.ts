import type { SealedTrainingSet } from '../../../contracts/training-flow.ts';
import { PlatformError } from '../../../core/errors.ts';
import { contributionShares } from '../../../core/explain/contribution-sample.ts';
import { sampleContributions } from '../../../core/explain/sample-contributions.ts';
import { type TreeExplainer, treeExplainer } from '../../../core/explain/tree-explainer.ts';
import type { AttributionEvidence, ChampionAttribution } from '../../../core/gates/attribution-gate.ts';
import type { Attribution, ModelInput } from '../../../core/release/release-manifest.ts';
import { parseS3Uri } from '../../../core/release/s3-uri.ts';
import { sampledRows } from '../../../core/stats/sampled-rows.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';
import { readXgboostModel } from '../../../core/trees/read-xgboost-model.ts';
import type { ModelArchive } from '../../ports/model-archive.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { encodedRows } from './encoded-rows.ts';
import { testFileOf } from './prepare-evaluation.ts';
import { within } from './sealed-training-set.ts';

export interface MeasureAttributionDeps {
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly archive: Pick<ModelArchive, 'unpack'>;
}

/** What was trained, and on what. */
export interface TrainedModel {
  readonly artifactUri: string;
  /** `s3://bucket/prefix/` of the training set. */
  readonly setUri: string;
  readonly sealed: Pick<SealedTrainingSet, 'record' | 'model' | 'inputs' | 'champion'>;
}

const MODEL_FILE = 'xgboost-model';
/** A larger file would not fit the function's memory once it is read. */
const MAX_MODEL_BYTES = 256 * 1024 * 1024;
const MOST_ROWS = 2_000;
const FEWEST_ROWS = 100;
/** About a minute of one core. */
const MOST_STEPS = 1e10;

/**
 * Contributions to the scores of a sample of the test rows, the same for every call with the same training set; where
 * a gate compares, those of the champion on the same rows too. A model that cannot be explained is no failure.
 */
export async function measureAttribution(
  deps: MeasureAttributionDeps,
  { artifactUri, setUri, sealed }: TrainedModel,
): Promise<AttributionEvidence> {
  const candidate = await readModel(deps, artifactUri, sealed.inputs);
  if ('because' in candidate) return { kind: 'unmeasured', because: candidate.because };
  const champion = await readChampion(deps, sealed);
  const slowest = Math.max(stepsOf(candidate), champion === null ? 0 : stepsOf(champion));
  const most = Math.min(MOST_ROWS, Math.floor(MOST_STEPS / slowest));
  if (most < FEWEST_ROWS) {
    return { kind: 'unmeasured', because: `the model is too large to explain ${FEWEST_ROWS} test rows` };
  }
  const rowsFor = async (role: 'candidate' | 'champion') =>
    encodedRows(await deps.objects.get(within(setUri, `test/${testFileOf(role)}`)));
  const rows = await rowsFor('candidate');
  const random = seededRandom(Number.parseInt(sealed.record.trainingSetId.slice(0, 8), 16));
  const numbers = sampledRows(rows.count, most, random);
  const sample = sampleContributions(candidate.explainer, candidate.inputs, numbers, rows.row);
  const measured = (of: ChampionAttribution): AttributionEvidence => ({ kind: 'measured', sample, champion: of });

  const releaseId = sealed.champion?.releaseId ?? '';
  if (champion === null) return measured({ kind: 'none' });
  if ('because' in champion) return measured({ kind: 'incomparable', releaseId, because: champion.because });
  const seen = await rowsFor('champion');
  if (seen.count !== rows.count) {
    const because = `the champion sees ${seen.count} test rows, the candidate ${rows.count}`;
    return measured({ kind: 'incomparable', releaseId, because });
  }
  const its = sampleContributions(champion.explainer, champion.inputs, numbers, seen.row);
  return measured({ kind: 'measured', releaseId, sample: its });
}

/** What a release keeps of it. */
export function attributionOf(evidence: AttributionEvidence): Attribution {
  if (evidence.kind === 'unmeasured') return evidence;
  const { inputs, rows } = evidence.sample;
  const { shares } = contributionShares(evidence.sample);
  return { kind: 'measured', rows, shares: Object.fromEntries(inputs.map((input, i) => [input, shares[i]!])) };
}

/** A model that can be explained, with the names of its inputs, or why it cannot. */
type ReadModel =
  | { readonly explainer: TreeExplainer; readonly inputs: readonly string[] }
  | { readonly because: string };

/** Null when there is nothing to compare with, or nobody asks. */
async function readChampion(
  deps: MeasureAttributionDeps,
  { model, champion }: TrainedModel['sealed'],
): Promise<ReadModel | null> {
  const isAsked = model.gates.some((gate) => gate.kind === 'attribution' && gate.maxChange !== null);
  if (champion === null || !isAsked) return null;
  if (!champion.comparable) return { because: champion.because };
  const { artifact, inputs } = await deps.releases.manifest(champion.releaseId);
  const read = await readModel(deps, artifact.uri, inputs);
  return 'because' in read ? { because: `the champion: ${read.because}` } : read;
}

async function readModel(
  { objects, archive }: MeasureAttributionDeps,
  uri: string,
  inputs: readonly ModelInput[],
): Promise<ReadModel> {
  const body = await objects.get(parseS3Uri(uri));
  try {
    const file = (await archive.unpack(body)).get(MODEL_FILE);
    if (file === undefined) return { because: `${uri} holds no ${MODEL_FILE}` };
    if (file.byteLength > MAX_MODEL_BYTES) {
      return {
        because: `the model file has ${file.byteLength} bytes; models of up to ${MAX_MODEL_BYTES} are explained`,
      };
    }
    const ensemble = readXgboostModel(file, (bytes) => new TextDecoder().decode(bytes));
    if (ensemble.featureCount !== inputs.length) {
      return { because: `the model has ${ensemble.featureCount} inputs, its release ${inputs.length}` };
    }
    const names = inputs.map(({ view, feature }) => `${view}:${feature}`);
    return { explainer: treeExplainer(ensemble), inputs: names };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return { because: error.message };
  }
}

function stepsOf(model: ReadModel): number {
  return 'because' in model ? 0 : model.explainer.stepsPerRow;
}
