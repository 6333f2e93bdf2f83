import { generateKeyPairSync, sign } from 'node:crypto';
import { signedText, type UnsignedCheckpoint } from '../core/audit/checkpoint.ts';
import type { AuditSigner } from '../lambdas/ports/audit-signer.ts';

/** A key pair like the one in KMS, made for one test. */
export function auditKey(keyId = 'arn:aws:kms:us-east-1:000000000000:key/test') {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const signText = (text: string) => sign('sha256', Buffer.from(text), privateKey).toString('base64');
  const signer: AuditSigner = {
    key: async () => ({ keyId, publicKey: spki }),
    sign: async (text) => signText(text),
  };
  return {
    keyId,
    publicKey: spki,
    signer,
    checkpoint: (of: Pick<UnsignedCheckpoint, 'model' | 'position' | 'hash' | 'previousPosition'>) => {
      const unsigned: UnsignedCheckpoint = {
        schema: 'headgate.audit-checkpoint/v1',
        ...of,
        signedAt: '2026-03-01T12:00:00.000Z',
        keyId,
        publicKey: spki,
      };
      return { ...unsigned, signature: signText(signedText(unsigned)) };
    },
  };
}
