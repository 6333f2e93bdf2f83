import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseS3Uri, type S3Location } from '../s3/object-files.ts';
import type { RoleFiles } from './role-files.ts';
import type { Channel } from './training-job-shape.ts';

/** The job's fault, in the words that become its failure reason. */
export class JobClientError extends Error {}

/**
 * Lays the files of every channel where the container contract wants them, and writes the three configuration files.
 *
 * @param baseDir plays `/opt/ml`
 */
export function stageChannels(files: RoleFiles, baseDir: string, channels: readonly Channel[]): void {
  for (const channel of channels) {
    const folder = join(baseDir, 'input/data', channel.ChannelName);
    mkdirSync(folder, { recursive: true });
    const source = channel.DataSource.S3DataSource;
    const objects =
      source.S3DataType === 'ManifestFile' ? manifestObjects(files, source.S3Uri) : prefixObjects(files, source.S3Uri);
    if (objects.length === 0) {
      throw new JobClientError(
        `ClientError: Data download failed:No S3 objects found under S3 URL "${source.S3Uri}" given in input data source`,
      );
    }
    for (const { location, name } of objects) {
      if (name.split('/').includes('..'))
        throw new JobClientError(`ClientError: the key "${location.key}" leaves its channel`);
      if (!files.fetch(location, join(folder, name))) {
        throw new JobClientError(
          `ClientError: Data download failed:NoSuchKey: s3://${location.bucket}/${location.key}`,
        );
      }
    }
  }
}

interface NamedObject {
  readonly location: S3Location;
  /** Path inside the channel's folder. */
  readonly name: string;
}

/** A prefix that ends within a name gives what follows its last slash, as SageMaker does. */
function prefixObjects(files: RoleFiles, uri: string): NamedObject[] {
  const { key: prefix } = parseS3Uri(uri);
  return files.list(uri).map((location) => ({
    location,
    name: location.key.startsWith(`${prefix}/`)
      ? location.key.slice(prefix.length + 1)
      : location.key.slice(prefix.lastIndexOf('/') + 1),
  }));
}

/** A manifest is a JSON list: a prefix first, then the keys after it. */
function manifestObjects(files: RoleFiles, uri: string): NamedObject[] {
  const path = files.pathOf(parseS3Uri(uri));
  if (path === undefined) throw new JobClientError(`ClientError: Data download failed:NoSuchKey: ${uri}`);
  const [first, ...names] = readManifest(readFileSync(path, 'utf8'), uri);
  const { bucket, key } = parseS3Uri(first);
  return names.map((name) => ({ location: { bucket, key: key + name }, name }));
}

function readManifest(text: string, uri: string): [string, ...string[]] {
  const wrong = () => new JobClientError(`ClientError: the manifest ${uri} is not [{"prefix": "s3://…"}, "key", …]`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw wrong();
  }
  if (!Array.isArray(document)) throw wrong();
  const [head, ...names] = document as unknown[];
  const prefix = (head as { prefix?: unknown } | null)?.prefix; // any shape may stand here
  if (typeof prefix !== 'string' || names.some((name) => typeof name !== 'string')) throw wrong();
  return [prefix, ...(names as string[])]; // checked above
}
