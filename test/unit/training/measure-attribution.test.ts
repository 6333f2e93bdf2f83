import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SealedTrainingSet } from '../../../contracts/training-flow.ts';
import type { GateDefinition } from '../../../core/definitions/model.ts';
import type { ModelInput, ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { tarModelArchive } from '../../../lambdas/adapters/files/tar-model-archive.ts';
import { attributionOf, measureAttribution } from '../../../lambdas/use-cases/training/measure-attribution.ts';
import { DEFINITION, rolloutLab } from '../rollout/rollout-lab.ts';

const SET_URI = 's3://artifacts/training-set/buyer/abc/';
const CHANGE: GateDefinition = { kind: 'attribution', maxShare: null, maxChange: 0.2, confidence: 0.95 };
const COLUMNS = 6;
/** Bias last. */
const { contributions } = read('contributions.json') as { contributions: Record<string, number[][]> }; // the referee's
const binary = read('xgboost-binary.json') as { model: object; rows: (number | null)[][] }; // the referee's
const rows = binary.rows.slice(0, contributions['xgboost-binary.json']!.length);

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../reference/${file}`, import.meta.url), 'utf8'));
}

const inputs = (prefix: string): ModelInput[] =>
  Array.from({ length: COLUMNS }, (_, i) => ({
    view: 'v',
    feature: `${prefix}${i}`,
    type: 'float64',
    categories: null,
    defaultValue: null,
  }));
const csv = (of: readonly (readonly (number | null)[])[]) =>
  of.map((row) => row.map((v) => v ?? 'nan').join(',')).join('\n');
const pack = (model: object) => tarModelArchive.pack({ 'xgboost-model': Buffer.from(JSON.stringify(model)) });

let lab: ReturnType<typeof rolloutLab>;
const put = (key: string, body: Uint8Array | string) =>
  lab.objects.put({ bucket: 'artifacts', key }, typeof body === 'string' ? Buffer.from(body) : body, 'text/plain');

beforeEach(async () => {
  lab = rolloutLab();
  await put('model/new.tar.gz', await pack(binary.model));
  await put('training-set/buyer/abc/test/features.csv', `${csv(rows)}\n`);
});

function measured(
  over: Partial<Pick<SealedTrainingSet, 'inputs' | 'champion'>> = {},
  gates: GateDefinition[] = [CHANGE],
) {
  const sealed = {
    record: { trainingSetId: 'a'.repeat(64) } as SealedTrainingSet['record'], // nothing else of it is read
    model: { ...DEFINITION, gates },
    inputs: inputs('f'),
    champion: null,
    ...over,
  };
  const deps = { ...lab.deps, archive: tarModelArchive };
  return measureAttribution(deps, { artifactUri: 's3://artifacts/model/new.tar.gz', setUri: SET_URI, sealed });
}

async function champion(model: object, names: readonly ModelInput[]): Promise<string> {
  await put('model/old.tar.gz', await pack(model));
  const plain = await lab.releases.manifest(await lab.release('old'));
  const manifest: ReleaseManifest = {
    ...plain,
    artifact: { ...plain.artifact, uri: 's3://artifacts/model/old.tar.gz' },
    inputs: names,
  };
  return (await lab.releases.put(manifest)).releaseId;
}

describe('the attribution of a trained model', () => {
  it('is what real XGBoost says of the same rows', async () => {
    const found = attributionOf(await measured());
    const means = Array.from({ length: COLUMNS }, (_, column) =>
      contributions['xgboost-binary.json']!.reduce((sum, row) => sum + Math.abs(row[column]!), 0),
    );
    const total = means.reduce((sum, mean) => sum + mean, 0);
    expect(found).toMatchObject({ kind: 'measured', rows: rows.length });
    const shares = found.kind === 'measured' ? found.shares : {};
    means.forEach((mean, i) => {
      expect(shares[`v:f${i}`]).toBeCloseTo(mean / total, 5);
    });
  });

  it('rests on the same sample of a large test part every time', async () => {
    await put(
      'training-set/buyer/abc/test/features.csv',
      csv(Array.from({ length: 3000 }, (_, i) => rows[i % rows.length]!)),
    );
    const once = await measured();
    expect(once).toMatchObject({ kind: 'measured', sample: { rows: 2000 }, champion: { kind: 'none' } });
    expect(await measured()).toEqual(once);
  });

  it('takes the champion on the same rows as it sees them', async () => {
    const releaseId = await champion(binary.model, inputs('g'));
    await put('training-set/buyer/abc/test/champion-features.csv', csv(rows));
    const found = await measured({ champion: { releaseId, comparable: true } });
    if (found.kind !== 'measured' || found.champion.kind !== 'measured') throw new Error('it could be measured');
    expect(found.champion.sample.inputs).toContain('v:g0');
    expect(found.champion.sample.values).toEqual(found.sample.values);
  });

  it('does not read the champion when no gate compares', async () => {
    const found = await measured({ champion: { releaseId: 'f'.repeat(64), comparable: true } }, [...DEFINITION.gates]);
    expect(found).toMatchObject({ kind: 'measured', champion: { kind: 'none' } });
  });

  it('says why the champion cannot be compared', async () => {
    const releaseId = 'f'.repeat(64);
    const other = await measured({
      champion: { releaseId, comparable: false, because: 'view v is at another version' },
    });
    expect(other).toMatchObject({ champion: { kind: 'incomparable', because: 'view v is at another version' } });
    const corrupt = await champion({ learner: {} }, inputs('f'));
    expect(await measured({ champion: { releaseId: corrupt, comparable: true } })).toMatchObject({
      champion: {
        kind: 'incomparable',
        because: expect.stringMatching(/^the champion: the XGBoost model is not readable/),
      },
    });
  });

  it('is not measured, with the reason, for a model of other inputs or one that cannot be read', async () => {
    expect(await measured({ inputs: inputs('f').slice(1) })).toEqual({
      kind: 'unmeasured',
      because: 'the model has 6 inputs, its release 5',
    });
    await put('model/new.tar.gz', 'not an archive');
    const broken = await measured();
    expect(broken).toMatchObject({ kind: 'unmeasured' });
    expect(attributionOf(broken)).toEqual(broken);
  });
});
