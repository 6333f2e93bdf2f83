import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseS3Uri } from '../s3/object-files.ts';
import { unpackArchive } from './model-archive.ts';
import type { ServableModel } from './models.ts';
import { RoleFiles } from './role-files.ts';
import type { SageMakerScope } from './sagemaker-scope.ts';

/** Names the archive that was unpacked whole; written last. */
const MARKER = 'model.source';

/**
 * Lays a model's files at `<baseDir>/model`, read as the model's execution role. A folder that an earlier run
 * completed for the same archive is taken as it is.
 */
export async function prepareModel(scope: SageMakerScope, model: ServableModel, baseDir: string): Promise<void> {
  const source = model.modelDataUrl ?? '(no model data)';
  const marker = join(baseDir, MARKER);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === source) return;
  rmSync(baseDir, { recursive: true, force: true });
  mkdirSync(join(baseDir, 'model'), { recursive: true });
  if (model.modelDataUrl !== undefined) {
    const archive = new RoleFiles(scope.region, model.roleArn).pathOf(parseS3Uri(model.modelDataUrl));
    if (archive === undefined) throw new Error(`Could not find model data at ${model.modelDataUrl}.`);
    await unpackArchive(archive, join(baseDir, 'model'));
  }
  writeFileSync(marker, source);
}

/** Environment of a model container, without its port. */
export function modelEnvironment(scope: SageMakerScope, model: ServableModel): Record<string, string> {
  return { ...model.environment, ...scope.region.environmentForRole(model.roleArn) };
}
