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
  trained: TrainedModel,
): Promise<AttributionEvidence> {
  const { sealed, setUri } = trained;
  const candidate = await readExplainer(deps, trained.artifactUri, sealed.inputs);
  if ('because' in candidate) return { kind: 'unmeasured', because: candidate.because };
  const compared = await championExplainer(deps, sealed);
  const slowest =
    'because' in compared || compared.explainer === null
      ? candidate.explainer
      : slower(candidate.explainer, compared.explainer);
  const most = Math.min(MOST_ROWS, Math.floor(MOST_STEPS / slowest.stepsPerRow));
  if (most < FEWEST_ROWS) {
    return { kind: 'unmeasured', because: `the model is too large to explain ${FEWEST_ROWS} test rows` };
  }
  const file = (role: 'candidate' | 'champion') => deps.objects.get(within(setUri, `test/${testFileOf(role)}`));
  const rows = encodedRows(await file('candidate'));
  const random = seededRandom(Number.parseInt(sealed.record.trainingSetId.slice(0, 8), 16));
  const numbers = sampledRows(rows.count, most, random);
  const sample = sampleContributions(candidate.explainer, namesOf(sealed.inputs), numbers, rows.row);
  return { kind: 'measured', sample, champion: await championAttribution() };

  async function championAttribution(): Promise<ChampionAttribution> {
    const releaseId = sealed.champion?.releaseId ?? '';
    if ('because' in compared) return { kind: 'incomparable', releaseId, because: compared.because };
    if (compared.explainer === null) return { kind: 'none' };
    const seen = encodedRows(await file('champion'));
    if (seen.count !== rows.count) {
      const because = `the champion sees ${seen.count} test rows, the candidate ${rows.count}`;
      return { kind: 'incomparable', releaseId, because };
    }
    return {
      kind: 'measured',
      releaseId,
      sample: sampleContributions(compared.explainer, compared.inputs, numbers, seen.row),
    };
  }
}

/** What a release keeps of it. */
export function attributionOf(evidence: AttributionEvidence): Attribution {
  if (evidence.kind === 'unmeasured') return evidence;
  const { inputs, rows } = evidence.sample;
  const { shares } = contributionShares(evidence.sample);
  return { kind: 'measured', rows, shares: Object.fromEntries(inputs.map((input, i) => [input, shares[i]!])) };
}

type Explained = { readonly explainer: TreeExplainer } | { readonly because: string };

/** With the names of its inputs; null when there is nothing to compare with or nobody asks. */
async function championExplainer(
  deps: MeasureAttributionDeps,
  { model, champion }: TrainedModel['sealed'],
): Promise<
  { readonly explainer: TreeExplainer | null; readonly inputs: readonly string[] } | { readonly because: string }
> {
  const isCompared = model.gates.some((gate) => gate.kind === 'attribution' && gate.maxChange !== null);
  if (champion === null || !isCompared) return { explainer: null, inputs: [] };
  if (!champion.comparable) return { because: champion.because };
  const { artifact, inputs } = await deps.releases.manifest(champion.releaseId);
  const read = await readExplainer(deps, artifact.uri, inputs);
  if ('because' in read) return { because: `the champion: ${read.because}` };
  return { explainer: read.explainer, inputs: namesOf(inputs) };
}

async function readExplainer(
  { objects, archive }: MeasureAttributionDeps,
  uri: string,
  inputs: readonly ModelInput[],
): Promise<Explained> {
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
    if (ensemble.featureCount === inputs.length) return { explainer: treeExplainer(ensemble) };
    return { because: `the model has ${ensemble.featureCount} inputs, its release ${inputs.length}` };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return { because: error.message };
  }
}

function slower(a: TreeExplainer, b: TreeExplainer): TreeExplainer {
  return a.stepsPerRow >= b.stepsPerRow ? a : b;
}

function namesOf(inputs: readonly ModelInput[]): readonly string[] {
  return inputs.map(({ view, feature }) => `${view}:${feature}`);
}
