import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type Checkpoint, signedText } from '../../core/audit/checkpoint.ts';

/** Whether the signature is one by this key over what the checkpoint says. */
export function isSignedBy(key: KeyObject, checkpoint: Checkpoint): boolean {
  const signature = Buffer.from(checkpoint.signature, 'base64');
  return (
    publicKeyText(key) === checkpoint.publicKey && verify('sha256', Buffer.from(signedText(checkpoint)), key, signature)
  );
}

/** @param publicKey base64 of DER (SubjectPublicKeyInfo), as checkpoints carry it */
export function keyOf(publicKey: string): KeyObject {
  return createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
}

/** What people compare a key by: the SHA-256 of its DER form. */
export function fingerprintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(Buffer.from(publicKeyText(key), 'base64'))
    .digest('hex');
}

function publicKeyText(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}
