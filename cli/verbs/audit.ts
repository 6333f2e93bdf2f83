import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { verifyAudit } from '../../core/audit/verify-audit.ts';
import { type AuditExport, downloadAudit, readExport, writeExport } from '../audit/audit-export.ts';
import { fingerprintOf, isSignedBy, keyOf } from '../audit/checkpoint-signature.ts';
import { CliError } from '../cli-error.ts';
import { plural } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';
import type { VerbContext } from './verb-context.ts';

export async function printAudit({ api, terminal }: VerbContext, model: string): Promise<void> {
  const { records, checkpoints } = await downloadAudit(api, model);
  terminal.json({ records, checkpoints });
  const signed = new Map(checkpoints.map(({ position, signedAt }) => [position, signedAt]));
  const rows = records.map(({ position, at, action, actor, hash }) => {
    return [String(position), at, action, actor, hash.slice(0, 12), signed.has(position) ? 'signed' : ''];
  });
  for (const line of tableLines(['#', 'AT', 'ACTION', 'BY', 'HASH', ''], rows)) terminal.print(line);
  const newest = checkpoints.at(-1);
  terminal.print();
  terminal.print(
    newest === undefined
      ? 'not signed yet'
      : `signed up to record ${newest.position} on ${newest.signedAt}; check it with "headgate audit verify ${model}"`,
  );
}

export async function exportAudit({ api, terminal }: VerbContext, model: string, folder: string): Promise<void> {
  const files = await writeExport(folder, await downloadAudit(api, model));
  terminal.json({ model, files });
  for (const file of files) terminal.print(file);
}

export interface VerifyOptions {
  /** Folder of an export; without it the chain is downloaded, and checked here all the same. */
  readonly file?: string;
  /** PEM of the key that is trusted, kept elsewhere; without it the export's own is, and its fingerprint is told. */
  readonly publicKey?: string;
  /** A chain that nobody has signed for yet is no failure. */
  readonly allowUnsigned?: boolean;
}

/** @throws CliError naming the first bad record, or for a chain without any signature */
export async function verifyChain(context: () => VerbContext, model: string, options: VerifyOptions): Promise<void> {
  const { api, terminal } = context();
  const audit = options.file === undefined ? await downloadAudit(api, model) : await readExport(options.file);
  const trusted = options.publicKey === undefined ? ownKeys(audit) : [await keyFile(options.publicKey)];
  const report = verifyAudit(model, audit.records, audit.checkpoints, (checkpoint) =>
    trusted.some((key) => isSignedBy(key, checkpoint)),
  );
  const keys = trusted.map(fingerprintOf);
  terminal.json({ ...report, keys });
  if (report.problem !== null) {
    const hint = 'compare with the copies in the audit bucket, which nobody can change while their lock lasts';
    throw new CliError(report.problem.because, hint, { ...report.problem });
  }
  const { records, signedTo } = report;
  if (signedTo === 0 && options.allowUnsigned !== true) {
    const because = `no record of ${model} is signed for, so whoever can write them could have made up all ${records}`;
    const hint =
      'the first signature comes after its first rollout, within the hour at the latest; an export without it was changed. --allow-unsigned checks the records alone';
    throw new CliError(because, hint, { fault: 'unsigned' });
  }
  terminal.print(`${plural(records, 'record')} of ${model} follow from each other, from the first to the last`);
  terminal.print(signedTo === 0 ? 'none of them is signed for yet' : `signed for up to record ${signedTo}`);
  if (records > signedTo)
    terminal.print(`records ${signedTo + 1} to ${records} are signed for with the next checkpoint`);
  for (const key of keys) {
    const from = options.publicKey === undefined ? 'compare it with the one that you keep elsewhere' : 'the one given';
    terminal.print(`key SHA-256 ${key}: ${from}`);
  }
}

function ownKeys({ checkpoints }: AuditExport): readonly KeyObject[] {
  return [...new Set(checkpoints.map(({ publicKey }) => publicKey))].flatMap((publicKey) => {
    try {
      return [keyOf(publicKey)];
    } catch {
      return []; // a key that is none has signed nothing
    }
  });
}

async function keyFile(file: string): Promise<KeyObject> {
  try {
    return createPublicKey(await readFile(file));
  } catch (error) {
    throw new CliError(
      `${file} is no public key in PEM`,
      'get it with "headgate audit export", or from KMS',
      {},
      error,
    );
  }
}
