import { parse } from 'csv-parse/sync';
import type { Caller, Region } from '../../service.ts';
import type { ItemReader } from './asl-schema.ts';
import { StateError } from './state-error.ts';

type Document = Readonly<Record<string, unknown>>;

const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' } as const;

/**
 * Reads the items of a distributed map from S3, as the state machine's role: the rows of a CSV, JSON or JSON Lines
 * object, or the objects under a prefix.
 *
 * @param given evaluated Arguments of the reader
 * @param maxItems items past this many are left out
 * @throws StateError `States.ItemReaderFailed`
 */
export async function readItems(
  region: Region,
  caller: Caller,
  reader: ItemReader,
  given: Document,
  maxItems: number | undefined,
): Promise<unknown[]> {
  const items = reader.Resource.endsWith(':listObjectsV2')
    ? await listObjects(region, caller, given)
    : parseItems(reader, await getObject(region, caller, String(given['Bucket']), String(given['Key'])));
  return maxItems === undefined ? items : items.slice(0, maxItems);
}

function parseItems(reader: ItemReader, text: string): unknown[] {
  const config = reader.ReaderConfig ?? {};
  try {
    switch (config.InputType) {
      case 'CSV':
        return parse(text, {
          bom: true,
          skip_empty_lines: true,
          delimiter: DELIMITERS[config.CSVDelimiter ?? 'COMMA'],
          columns: config.CSVHeaderLocation === 'GIVEN' ? (config.CSVHeaders ?? []) : true,
        });
      case 'JSONL':
        return text
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((line): unknown => JSON.parse(line));
      case 'JSON':
      case undefined: {
        const items: unknown = JSON.parse(text);
        if (!Array.isArray(items)) throw new Error('the object does not hold a JSON array');
        return items;
      }
    }
  } catch (error) {
    throw failed(`the object could not be read as ${config.InputType ?? 'JSON'}: ${String(error)}`);
  }
}

async function getObject(region: Region, caller: Caller, bucket: string, key: string): Promise<string> {
  const path = `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  return sendGet(region, caller, path, new URLSearchParams());
}

async function listObjects(region: Region, caller: Caller, given: Document): Promise<Document[]> {
  const objects: Document[] = [];
  let continuation: string | undefined;
  do {
    const query = new URLSearchParams({ 'list-type': '2' });
    if (given['Prefix'] !== undefined) query.set('prefix', String(given['Prefix']));
    if (continuation !== undefined) query.set('continuation-token', continuation);
    const xml = await sendGet(region, caller, `/${String(given['Bucket'])}`, query);
    for (const [, entry = ''] of xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
      objects.push({
        Etag: element(entry, 'ETag') ?? '',
        Key: element(entry, 'Key') ?? '',
        LastModified: Date.parse(element(entry, 'LastModified') ?? '') / 1000,
        Size: Number(element(entry, 'Size') ?? 0),
        StorageClass: element(entry, 'StorageClass') ?? 'STANDARD',
      });
    }
    continuation = element(xml, 'NextContinuationToken');
  } while (continuation !== undefined);
  return objects;
}

async function sendGet(region: Region, caller: Caller, path: string, query: URLSearchParams): Promise<string> {
  const answer = await region.send({
    service: 's3',
    method: 'GET',
    path,
    query,
    headers: {},
    body: new Uint8Array(),
    caller,
  });
  const text = typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body ?? []).toString('utf8');
  if (answer.status >= 300) throw failed(`GET ${path} answered ${answer.status}: ${element(text, 'Code') ?? text}`);
  return text;
}

function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => ENTITIES[entity] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function failed(message: string): StateError {
  return new StateError('States.ItemReaderFailed', message);
}
