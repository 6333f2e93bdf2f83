import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { UnavailableError } from '../../../core/errors.ts';
import type { AuditSigner } from '../../ports/audit-signer.ts';
import { answerOf } from './aws-failure.ts';

/** @param keyArn an asymmetric key of spec ECC_NIST_P256 for signing; its private half never leaves KMS */
export function kmsAuditSigner(kms: KMSClient, keyArn: string): AuditSigner {
  return {
    async key() {
      const what = `KMS GetPublicKey of ${keyArn}`;
      const { PublicKey: key } = await answerOf(what, kms.send(new GetPublicKeyCommand({ KeyId: keyArn })));
      return { keyId: keyArn, publicKey: base64(key, what) };
    },
    async sign(text) {
      const what = `KMS Sign with ${keyArn}`;
      const command = new SignCommand({
        KeyId: keyArn,
        Message: new TextEncoder().encode(text),
        MessageType: 'RAW',
        SigningAlgorithm: 'ECDSA_SHA_256',
      });
      return base64((await answerOf(what, kms.send(command))).Signature, what);
    },
  };
}

function base64(bytes: Uint8Array | undefined, what: string): string {
  if (bytes === undefined) throw new UnavailableError(`${what} came without an answer; try again`);
  return Buffer.from(bytes).toString('base64');
}
