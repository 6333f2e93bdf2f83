import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { hyparquetFiles } from '../../../lambdas/adapters/files/parquet-files.ts';
import type { RunningRegion } from '../../../local/region.ts';

type Region = Pick<RunningRegion, 'endpointUrl' | 'regionName' | 'credentials'>;

/**
 * The one input of every row of a sealed training set, train, validation and test together; null where a row saw none.
 *
 * @param uri `s3://bucket/prefix/` of the set
 */
export async function lastTotals(region: Region, uri: string, column: string): Promise<readonly (number | null)[]> {
  const s3 = new S3Client({
    endpoint: region.endpointUrl,
    region: region.regionName,
    credentials: region.credentials,
    forcePathStyle: true,
  });
  const { hostname: Bucket, pathname } = new URL(uri);
  const bytesOf = async (name: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: pathname.slice(1) + name }));
    return Body!.transformToByteArray();
  };
  try {
    const learnt = ['train/part-0.parquet', 'validation/part-0.parquet'].map(async (name) =>
      columnOf(await bytesOf(name), column),
    );
    const held = numbersOf(new TextDecoder().decode(await bytesOf('test/features.csv')));
    return [...(await Promise.all(learnt)).flat(), ...held];
  } finally {
    s3.destroy();
  }
}

async function columnOf(bytes: Uint8Array, column: string): Promise<readonly (number | null)[]> {
  const values: (number | null)[] = [];
  const file = await hyparquetFiles.open(bytes);
  for await (const batch of file.batches([column])) values.push(...(batch.columns[column] as (number | null)[])); // inputs are doubles
  return values;
}

function numbersOf(csv: string): readonly (number | null)[] {
  return csv
    .trimEnd()
    .split('\n')
    .map((cell) => (cell === 'nan' ? null : Number(cell)));
}
