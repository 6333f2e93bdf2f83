import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from './template.ts';

/**
 * The file or folder in the assembly that `cdk deploy` would upload to this bucket and key. Folders that would
 * be zipped are given as they are.
 *
 * @throws Error when no asset manifest of the assembly names the object
 */
export function assetPath(assemblyDir: string, bucketName: string, objectKey: string): string {
  const found = assetsOf(assemblyDir).get(`${bucketName}/${objectKey}`);
  if (found === undefined) {
    throw new Error(`the assembly ${assemblyDir} has no asset s3://${bucketName}/${objectKey}`);
  }
  return found;
}

function assetsOf(assemblyDir: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const name of readdirSync(assemblyDir).filter((file) => file.endsWith('.assets.json'))) {
    const manifest: unknown = JSON.parse(readFileSync(join(assemblyDir, name), 'utf8'));
    if (!isRecord(manifest) || !isRecord(manifest['files'])) continue;
    for (const file of Object.values(manifest['files'])) {
      if (!isRecord(file) || !isRecord(file['source']) || !isRecord(file['destinations'])) continue;
      const path = join(assemblyDir, String(file['source']['path']));
      for (const destination of Object.values(file['destinations'])) {
        if (isRecord(destination)) paths.set(`${destination['bucketName']}/${destination['objectKey']}`, path);
      }
    }
  }
  return paths;
}
