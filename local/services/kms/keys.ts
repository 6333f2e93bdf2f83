import { createCipheriv, createDecipheriv, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { AwsError, type Region } from '../../service.ts';

export type KeySpec = 'SYMMETRIC_DEFAULT' | 'ECC_NIST_P256' | 'RSA_2048' | 'RSA_3072' | 'RSA_4096';

/** A key as the store keeps it, material included: the laptop's disk takes the place of the HSM. */
export interface KeyRecord {
  readonly id: string;
  readonly arn: string;
  readonly spec: KeySpec;
  readonly usage: 'ENCRYPT_DECRYPT' | 'SIGN_VERIFY';
  /** Base64 of 32 bytes, or a private key in PKCS #8 PEM. */
  readonly material: string;
  readonly createdAtMs: number;
}

const KEYS = 'keys';

/** @returns the key that this resource got at its first start, or a new one */
export function keyOfResource(
  region: Region,
  resourceName: string,
  spec: KeySpec,
  usage: KeyRecord['usage'],
): KeyRecord {
  const store = region.store('kms');
  const existing = store.get<KeyRecord>(KEYS, resourceName);
  if (existing !== undefined) {
    if (existing.spec === spec && existing.usage === usage) return existing;
    throw new Error(
      `KMS key ${resourceName} is ${existing.spec} for ${existing.usage} and cannot become ${spec} for ${usage}; start over with --fresh`,
    );
  }
  const id = randomUUID();
  const key: KeyRecord = {
    id,
    arn: `arn:aws:kms:${region.regionName}:${region.accountId}:key/${id}`,
    spec,
    usage,
    material: newMaterial(spec),
    createdAtMs: region.clock.now().getTime(),
  };
  store.put(KEYS, resourceName, key);
  return key;
}

/** After this nothing opens what the key has sealed. */
export function forgetKey(region: Region, id: string): void {
  const store = region.store('kms');
  for (const { key, value } of store.list<KeyRecord>(KEYS)) if (value.id === id) store.delete(KEYS, key);
}

function newMaterial(spec: KeySpec): string {
  if (spec === 'SYMMETRIC_DEFAULT') return randomBytes(32).toString('base64');
  const { privateKey } =
    spec === 'ECC_NIST_P256'
      ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
      : generateKeyPairSync('rsa', { modulusLength: Number(spec.slice(4)) });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

type Context = Readonly<Record<string, string>>;

const IV_BYTES = 12;
const TAG_BYTES = 16;
const ID_BYTES = 36;

/** AES-256-GCM, the encryption context authenticated with it. The blob names the key, as KMS's does. */
export function encrypt(key: KeyRecord, plaintext: Uint8Array, context: Context): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), iv);
  cipher.setAAD(contextBytes(context));
  const encrypted = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from(key.id), iv, cipher.getAuthTag(), encrypted]);
}

/** @throws AwsError `InvalidCiphertextException` for another context, another key, or a changed blob */
export function decrypt(key: KeyRecord, blob: Buffer, context: Context): Buffer {
  const body = blob.subarray(ID_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), body.subarray(0, IV_BYTES));
    decipher.setAAD(contextBytes(context));
    decipher.setAuthTag(body.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(body.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    throw new AwsError('InvalidCiphertextException', 'the ciphertext, its key or its encryption context is not right');
  }
}

export function keyIdOfBlob(blob: Buffer): string {
  return blob.subarray(0, ID_BYTES).toString('utf8');
}

function contextBytes(context: Context): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
}
