import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInputError } from '../../../core/errors.ts';
import { readXgboostModel } from '../../../core/trees/read-xgboost-model.ts';
import type { TreeEnsemble } from '../../../core/trees/tree-ensemble.ts';

/**
 * Loads every file of the model folder as a booster, as the image does; names that start with a dot are left out.
 *
 * @param averages false takes the first file only (`SAGEMAKER_INFERENCE_ENSEMBLE=false`)
 * @throws InvalidInputError when there is no file, or the boosters do not take the same rows
 */
export function loadBoosters(folder: string, averages: boolean): readonly TreeEnsemble[] {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
  if (files.length === 0) throw new InvalidInputError(`the model folder has no file; xgboost-model is expected`);
  const boosters = (averages ? files : files.slice(0, 1)).map((name) => {
    try {
      return readXgboostModel(readFileSync(join(folder, name)), (bytes) => new TextDecoder().decode(bytes));
    } catch (cause) {
      throw new InvalidInputError(
        `Model ${name} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      );
    }
  });
  const [first, ...others] = boosters;
  const stranger = others.findIndex(
    (booster) => booster.featureCount !== first!.featureCount || booster.groupCount !== first!.groupCount,
  );
  if (stranger >= 0)
    throw new InvalidInputError(
      `${files[stranger + 1]} takes other rows than ${files[0]}, so they can not be averaged`,
    );
  return boosters;
}
