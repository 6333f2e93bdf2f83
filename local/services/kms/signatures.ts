import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  privateEncrypt,
  publicDecrypt,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { AwsError } from '../../service.ts';
import type { KeyRecord } from './keys.ts';
import { signDigest, verifyDigest } from './p256.ts';

export type MessageType = 'RAW' | 'DIGEST';

interface Algorithm {
  readonly scheme: 'ecdsa' | 'pkcs1' | 'pss';
  readonly hash: 'sha256' | 'sha384' | 'sha512';
}

const RSA_ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RSASSA_PKCS1_V1_5_SHA_256: { scheme: 'pkcs1', hash: 'sha256' },
  RSASSA_PKCS1_V1_5_SHA_384: { scheme: 'pkcs1', hash: 'sha384' },
  RSASSA_PKCS1_V1_5_SHA_512: { scheme: 'pkcs1', hash: 'sha512' },
  RSASSA_PSS_SHA_256: { scheme: 'pss', hash: 'sha256' },
  RSASSA_PSS_SHA_384: { scheme: 'pss', hash: 'sha384' },
  RSASSA_PSS_SHA_512: { scheme: 'pss', hash: 'sha512' },
};
const EC_ALGORITHMS: Readonly<Record<string, Algorithm>> = { ECDSA_SHA_256: { scheme: 'ecdsa', hash: 'sha256' } };

/** DER heads of DigestInfo, RFC 8017 section 9.2, note 1. */
const DIGEST_INFO = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
} as const;

export function algorithmsOf(key: KeyRecord): Readonly<Record<string, Algorithm>> {
  if (key.usage !== 'SIGN_VERIFY') return {};
  return key.spec === 'ECC_NIST_P256' ? EC_ALGORITHMS : RSA_ALGORITHMS;
}

/** Public key in DER, SubjectPublicKeyInfo. */
export function publicKeyDer(key: KeyRecord): Buffer {
  return createPublicKey(key.material).export({ type: 'spki', format: 'der' });
}

/** @throws AwsError `InvalidKeyUsageException` or `ValidationException` */
export function signMessage(key: KeyRecord, name: string, message: Buffer, type: MessageType): Buffer {
  const algorithm = algorithmFor(key, name);
  const privateKey = createPrivateKey(key.material);
  if (algorithm.scheme === 'pss') {
    refuseDigest(type, name);
    return sign(algorithm.hash, message, {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    });
  }
  const digest = digestOf(algorithm, message, type);
  if (algorithm.scheme === 'ecdsa') {
    return signDigest(digest, Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
  }
  return privateEncrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, digestInfo(algorithm, digest));
}

/** Whether the signature is the key's over the message. */
export function verifyMessage(
  key: KeyRecord,
  name: string,
  message: Buffer,
  type: MessageType,
  signature: Buffer,
): boolean {
  const algorithm = algorithmFor(key, name);
  const publicKey = createPublicKey(key.material);
  if (algorithm.scheme === 'pss') {
    refuseDigest(type, name);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return verify(
      algorithm.hash,
      message,
      { key: publicKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
      signature,
    );
  }
  const digest = digestOf(algorithm, message, type);
  if (algorithm.scheme === 'ecdsa') {
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    return verifyDigest(digest, signature, point);
  }
  try {
    const signed = publicDecrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, signature);
    const expected = digestInfo(algorithm, digest);
    return signed.length === expected.length && timingSafeEqual(signed, expected);
  } catch {
    return false; // no PKCS #1 block came out
  }
}

function algorithmFor(key: KeyRecord, name: string): Algorithm {
  const known = algorithmsOf(key);
  const algorithm = known[name];
  if (algorithm !== undefined) return algorithm;
  throw new AwsError(
    'InvalidKeyUsageException',
    `${key.arn} (${key.spec}, ${key.usage}) does not sign with ${name}; allowed: ${Object.keys(known).join(', ') || 'none'}`,
  );
}

function digestOf(algorithm: Algorithm, message: Buffer, type: MessageType): Buffer {
  const digest = type === 'DIGEST' ? message : createHash(algorithm.hash).update(message).digest();
  const expectedBytes = Number(algorithm.hash.slice(3)) / 8;
  if (digest.length === expectedBytes) return digest;
  throw new AwsError(
    'ValidationException',
    `Digest is ${digest.length} bytes long; ${algorithm.hash} has ${expectedBytes}`,
  );
}

function digestInfo(algorithm: Algorithm, digest: Buffer): Buffer {
  return Buffer.concat([Buffer.from(DIGEST_INFO[algorithm.hash], 'hex'), digest]);
}

function refuseDigest(type: MessageType, name: string): void {
  if (type === 'DIGEST') {
    throw new AwsError('UnsupportedOperationException', `the laptop region signs with ${name} over RAW messages only`);
  }
}
