import { nameOf } from '../gates/judge-gates.ts';
import { type FieldChange, fieldChanges } from '../plan/field-changes.ts';
import { candidateDigest } from './candidate-digest.ts';
import { differenceText } from './difference-text.ts';
import { DIFF_TITLES, type DiffTitle, type ReleaseDiff } from './release-diff.ts';
import { type ReleaseManifest, releaseIdOf } from './release-manifest.ts';

/** Which section a path of the manifest belongs to; the first that fits. */
const SECTIONS: readonly (readonly [prefix: string, title: DiffTitle])[] = [
  ['trainingSet', 'data'],
  ['featureViews', 'features'],
  ['onDemandFeatureViews', 'features'],
  ['inputs', 'inputs'],
  ['training', 'training'],
  ['provenance.seeds', 'training'],
  ['artifact.image', 'code and container'],
  ['artifact', 'artifact'],
  ['platformVersion', 'code and container'],
  ['provenance.codeSha256', 'code and container'],
  ['provenance.container', 'code and container'],
  ['provenance.environment', 'code and container'],
  ['model.serving', 'serving'],
  ['model.gates', 'gates policy'],
  ['model.rollout', 'rollout policy'],
  ['model', 'definition'],
  ['evaluation', 'metrics'],
  ['verdicts', 'verdicts'],
];
const ORDER = '(order)';

/**
 * Every difference between the manifests of two releases: nothing that differs is left out. Lists of named things
 * are compared by name.
 */
export function diffReleases(before: ReleaseManifest, after: ReleaseManifest): ReleaseDiff {
  const changes = fieldChanges(byNames(before), byNames(after)).filter((change) => !isOrderOfOthers(change));
  const lines = changes.map((change) => ({
    title: titleOf(change.path),
    line: { ...change, says: differenceText(change) },
  }));
  return {
    before: releaseIdOf(before),
    after: releaseIdOf(after),
    answerAlike: candidateDigest(before) === candidateDigest(after),
    sections: DIFF_TITLES.flatMap((title) => {
      const own = lines.filter((one) => one.title === title).map(({ line }) => line);
      return own.length === 0 ? [] : [{ title, lines: own }];
    }),
  };
}

function titleOf(path: string): DiffTitle {
  const fits = ([prefix]: readonly [string, DiffTitle]) => path === prefix || path.startsWith(`${prefix}.`);
  return SECTIONS.find(fits)?.[1] ?? 'record';
}

/** The manifest with its lists of named things as records, and the order of their names beside them. */
function byNames(manifest: ReleaseManifest): object {
  const ref = ({ view, feature }: { readonly view: string; readonly feature: string }) => `${view}:${feature}`;
  return {
    ...manifest,
    model: {
      ...manifest.model,
      features: named(manifest.model.features, ref),
      gates: named(manifest.model.gates, nameOf),
    },
    featureViews: named(manifest.featureViews, ({ view }) => view.name),
    onDemandFeatureViews: named(manifest.onDemandFeatureViews, ({ name }) => name),
    inputs: named(manifest.inputs, ref),
    verdicts: named(manifest.verdicts, ({ gate }) => gate),
  };
}

/** As it is when two members have one name. */
function named<T extends object>(list: readonly T[], nameOf: (member: T) => string): object {
  const names = list.map(nameOf);
  if (new Set(names).size !== names.length) return list;
  return { ...Object.fromEntries(list.map((member, i) => [names[i], member])), [ORDER]: names.join(', ') };
}

/** That members come or go is told of them; their order differs only when that of the others does. */
function isOrderOfOthers({ path, before, after }: FieldChange): boolean {
  if (!path.endsWith(ORDER) || typeof before !== 'string' || typeof after !== 'string') return false;
  const [was, is] = [before.split(', '), after.split(', ')];
  return was.filter((name) => is.includes(name)).join() === is.filter((name) => was.includes(name)).join();
}
