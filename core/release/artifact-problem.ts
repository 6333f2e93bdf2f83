import type { Model } from '../definitions/model.ts';
import { readXgboostModelHead, type XgboostModelHead } from '../trees/read-xgboost-model.ts';

/** What the container loads; it averages every further file as if it were a model too. */
const MODEL_FILE = 'xgboost-model';

/**
 * Why the files of an archive are not the model that was to be trained, or null when they are. The container would
 * load whatever file does not begin with a dot, so nothing but the model may lie there.
 *
 * @param inputCount columns of the model's inputs
 * @throws CorruptDataError for a file that is no XGBoost model, or one that contradicts itself
 */
export function artifactProblem(
  files: ReadonlyMap<string, Uint8Array>,
  { problem }: Pick<Model, 'problem'>,
  inputCount: number,
  decodeUtf8: (bytes: Uint8Array) => string,
): string | null {
  const loaded = [...files.keys()].filter((name) => !name.split('/').some((part) => part.startsWith('.')));
  const bytes = files.get(MODEL_FILE);
  if (bytes === undefined || loaded.length !== 1) {
    return `holds ${loaded.length === 0 ? 'no model' : loaded.sort().join(', ')}; exactly one file, ${MODEL_FILE}, is expected`;
  }
  return headProblem(readXgboostModelHead(bytes, decodeUtf8), problem, inputCount);
}

function headProblem(head: XgboostModelHead, problem: Model['problem'], inputCount: number): string | null {
  if (head.featureCount !== inputCount) {
    return `holds a model of ${head.featureCount} inputs, but its training set has ${inputCount}`;
  }
  const isBinary = head.objective === 'binary:logistic';
  if ((problem === 'binary') !== isBinary) {
    return `holds a model with objective ${head.objective}, but the problem is ${problem}`;
  }
  return null;
}
