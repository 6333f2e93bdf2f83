import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointListResponse } from '../../contracts/api/audit.ts';
import type { AuditResponse } from '../../contracts/api/catalog.ts';
import { ExportedCheckpoints, ExportedRecord } from '../../contracts/audit.ts';
import type { AuditRecord } from '../../core/audit/audit-record.ts';
import type { Checkpoint } from '../../core/audit/checkpoint.ts';
import type { ApiClient } from '../api/api-client.ts';
import { CliError } from '../cli-error.ts';
import { keyOf } from './checkpoint-signature.ts';

const RECORDS = 'records.jsonl';
const CHECKPOINTS = 'checkpoints.json';
const PUBLIC_KEY = 'public-key.pem';
const PAGE = 500;

/** Everything that the chain of a model can be checked with. */
export interface AuditExport {
  readonly records: readonly AuditRecord[];
  readonly checkpoints: readonly Checkpoint[];
}

export async function downloadAudit(api: ApiClient, model: string): Promise<AuditExport> {
  const name = encodeURIComponent(model);
  // the signatures first: a record that is written in between is one that they do not sign for yet, and nothing is missing
  const checkpoints = await allPages((from) =>
    api
      .get<CheckpointListResponse>(`/v1/models/${name}/audit-checkpoints?from=${from}&limit=${PAGE}`)
      .then((page) => ({ ...page, found: page.checkpoints })),
  );
  const records = await allPages<AuditRecord>((from) =>
    api
      .get<AuditResponse>(`/v1/audit?model=${name}&from=${from}&limit=${PAGE}`)
      .then((page) => ({ ...page, found: page.records })),
  );
  return { records, checkpoints };
}

async function allPages<T>(
  pageAt: (from: number) => Promise<{ readonly found: readonly T[]; readonly next: number | null }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let from: number | null = 1; from !== null; ) {
    const { found, next }: Awaited<ReturnType<typeof pageAt>> = await pageAt(from);
    all.push(...found);
    from = next;
  }
  return all;
}

/**
 * One record a line, the checkpoints, and the newest public key.
 *
 * @throws CliError for a folder that holds something: an export is evidence, and is not written over
 */
export async function writeExport(folder: string, { records, checkpoints }: AuditExport): Promise<readonly string[]> {
  await makeEmpty(folder);
  const newest = checkpoints.at(-1);
  const files: Readonly<Record<string, string | null>> = {
    [RECORDS]: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
    [CHECKPOINTS]: `${JSON.stringify(checkpoints, null, 2)}\n`,
    [PUBLIC_KEY]:
      newest === undefined ? null : keyOf(newest.publicKey).export({ type: 'spki', format: 'pem' }).toString(),
  };
  const written = Object.entries(files).flatMap(([name, text]) => (text === null ? [] : [[name, text] as const]));
  for (const [name, text] of written) await writeFile(join(folder, name), text);
  return written.map(([name]) => join(folder, name));
}

async function makeEmpty(folder: string): Promise<void> {
  let found: readonly string[];
  try {
    await mkdir(folder, { recursive: true });
    found = await readdir(folder);
  } catch (error) {
    throw new CliError(`${folder} is no folder and cannot be made one`, 'name a new folder with --out', {}, error);
  }
  if (found.length === 0) return;
  const holds = found.slice(0, 3).join(', ') + (found.length > 3 ? ', …' : '');
  throw new CliError(`${folder} is not empty: it holds ${holds}`, 'name a new folder with --out', { folder });
}

/** @throws CliError naming the file and the line that cannot be read */
export async function readExport(folder: string): Promise<AuditExport> {
  const lines = (await textOf(folder, RECORDS)).split('\n').filter((line) => line !== '');
  const records = lines.map((line, i) => parsed(`${join(folder, RECORDS)} line ${i + 1}`, ExportedRecord, line));
  const file = join(folder, CHECKPOINTS);
  const checkpoints = parsed(file, ExportedCheckpoints, await textOf(folder, CHECKPOINTS));
  return { records: records as unknown as readonly AuditRecord[], checkpoints }; // a record that is none fails its hash
}

async function textOf(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const hint = 'name the folder that "headgate audit export MODEL --out DIR" wrote';
    throw new CliError(`${file} cannot be read`, hint, {}, error);
  }
}

interface Form<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly { readonly message: string }[] } };
}

function parsed<T>(where: string, form: Form<T>, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError(`${where} is no JSON`, 'it was changed, or not written whole', {}, error);
  }
  const read = form.safeParse(value);
  if (read.success) return read.data;
  const why = read.error.issues.map(({ message }) => message).join('; ');
  throw new CliError(`${where} does not have the form of an export: ${why}`, 'it was changed');
}
