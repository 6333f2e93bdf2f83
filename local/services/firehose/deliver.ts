import { gzipSync } from 'node:zlib';
import type { Region } from '../../service.ts';
import { adoptFile, putObject } from '../s3/object-files.ts';
import type { DeliveryStream } from './delivery-stream.ts';
import { type BadRecord, conformRecords } from './json-records.ts';
import { evaluatePrefix, objectSuffix } from './object-name.ts';
import { conversionColumns, writeParquet } from './parquet-conversion.ts';
import { type BufferedRecord, readBuffer, removeBuffer, type SealedBuffer } from './record-buffer.ts';

/**
 * Puts a buffer's records into S3 as the stream's role, then removes the buffer. Done twice, it writes the same
 * objects twice. When it fails, the buffer stays.
 *
 * @throws AwsError when the role may not write, or the bucket is not there
 */
export async function deliver(region: Region, stream: DeliveryStream, buffer: SealedBuffer): Promise<void> {
  const records = readBuffer(buffer);
  if (records.length > 0) {
    if (stream.conversion === undefined) await deliverAsIs(region, stream, buffer, records);
    else await deliverParquet(region, stream, buffer, records);
  }
  removeBuffer(buffer);
}

async function deliverAsIs(
  region: Region,
  stream: DeliveryStream,
  buffer: SealedBuffer,
  records: readonly BufferedRecord[],
): Promise<void> {
  const delimiter = Buffer.from(stream.delimiter);
  const body = Buffer.concat(records.flatMap(({ data }) => [data, delimiter]));
  const key = objectKey(stream, buffer, stream.isGzip ? '.gz' : '');
  authorizePut(region, stream, key);
  await putObject(region, stream.bucket, key, stream.isGzip ? gzipSync(body) : body, {
    headers: { 'content-type': 'application/octet-stream', ...(stream.isGzip ? { 'content-encoding': 'gzip' } : {}) },
  });
}

async function deliverParquet(
  region: Region,
  stream: DeliveryStream,
  buffer: SealedBuffer,
  records: readonly BufferedRecord[],
): Promise<void> {
  const conversion = stream.conversion!; // the caller asked
  const columns = await conversionColumns(region, conversion);
  const { lines, bad } = conformRecords(records, columns);
  if (bad.length > 0) await deliverBad(region, stream, buffer, bad);
  if (lines.length === 0) return;
  const key = objectKey(stream, buffer, '.parquet');
  authorizePut(region, stream, key);
  const file = await writeParquet(region, lines, columns, conversion.compression);
  await adoptFile(region, stream.bucket, key, file, { headers: { 'content-type': 'application/octet-stream' } });
}

/** Records that could not be converted, one JSON document a line, under the error prefix. */
async function deliverBad(
  region: Region,
  stream: DeliveryStream,
  buffer: SealedBuffer,
  bad: readonly BadRecord[],
): Promise<void> {
  const prefix = evaluatePrefix(stream.errorPrefix, buffer.openedAt, buffer.id, 'format-conversion-failed');
  const key = prefix + objectSuffix(stream.name, buffer.openedAt, buffer.id);
  const lines = bad.map(({ record, code, message }) =>
    JSON.stringify({
      attemptsMade: 1,
      arrivalTimestamp: record.arrivedAt.getTime(),
      lastErrorCode: code,
      lastErrorMessage: message,
      attemptEndingTimestamp: buffer.openedAt.getTime(),
      rawData: record.data.toString('base64'),
    }),
  );
  authorizePut(region, stream, key);
  await putObject(region, stream.bucket, key, `${lines.join('\n')}\n`);
  region.log(
    'firehose',
    'error',
    `${bad.length} records of ${stream.name} could not be converted; see s3://${stream.bucket}/${key}`,
  );
}

function objectKey(stream: DeliveryStream, buffer: SealedBuffer, extension: string): string {
  const prefix = evaluatePrefix(stream.prefix, buffer.openedAt, buffer.id);
  return prefix + objectSuffix(stream.name, buffer.openedAt, buffer.id) + (stream.fileExtension ?? extension);
}

function authorizePut(region: Region, stream: DeliveryStream, key: string): void {
  region.authorize(region.callerForRole(stream.roleArn), 's3:PutObject', `arn:aws:s3:::${stream.bucket}/${key}`);
}
