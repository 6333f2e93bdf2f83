import { createHash, createPublicKey, verify } from 'node:crypto';
import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  type SigningAlgorithmSpec,
  VerifyCommand,
} from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeKmsService } from '../../local/services/kms/kms-service.ts';
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint.ts';
import { type MessagingLab, messagingLab } from './messaging-lab.ts';

let lab: MessagingLab;
let endpoint: FakeEndpoint;
let client: KMSClient;
beforeEach(async () => {
  lab = messagingLab([makeKmsService]);
  endpoint = await fakeEndpoint(lab.region);
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new KMSClient({ endpoint: endpoint.url, region: 'us-east-1', credentials });
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
  await lab.remove();
});

const key = (KeySpec: string, rest: object = {}) =>
  lab.up('AWS::KMS::Key', {
    KeySpec,
    KeyUsage: KeySpec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'SIGN_VERIFY',
    ...rest,
  });
const message = Buffer.from('the head of the audit chain');
const digest = createHash('sha256').update(message).digest();

describe('a signature', () => {
  it.each<[string, SigningAlgorithmSpec, 'RAW' | 'DIGEST']>([
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'RAW'],
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'DIGEST'],
    ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'RAW'],
    ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'DIGEST'],
  ])('by %s with %s over %s is one to node:crypto, and to Verify', async (spec, SigningAlgorithm, MessageType) => {
    const { ref: KeyId } = await key(spec);
    const Message = MessageType === 'RAW' ? message : digest;
    const ask = { KeyId, Message, MessageType, SigningAlgorithm };
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
    const publicKey = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' });
    for (let round = 0; round < 8; round++) {
      const { Signature } = await client.send(new SignCommand(ask));
      expect(verify('sha256', message, publicKey, Signature!)).toBe(true);
      expect((await client.send(new VerifyCommand({ ...ask, Signature }))).SignatureValid).toBe(true);
      const changed = Buffer.from(Signature!);
      changed[changed.length - 1]! ^= 1;
      await expect(client.send(new VerifyCommand({ ...ask, Signature: changed }))).rejects.toMatchObject({
        name: 'KMSInvalidSignatureException',
      });
    }
  });

  it('with PSS is one to Verify', async () => {
    const { ref: KeyId } = await key('RSA_2048');
    const ask = { KeyId, Message: message, SigningAlgorithm: 'RSASSA_PSS_SHA_256' as const };
    const { Signature } = await client.send(new SignCommand(ask));
    expect((await client.send(new VerifyCommand({ ...ask, Signature }))).SignatureValid).toBe(true);
  });

  it('is refused for another algorithm, a digest of another length, and a key that encrypts', async () => {
    const { ref: KeyId } = await key('ECC_NIST_P256');
    const sign = (ask: object) =>
      client.send(new SignCommand({ KeyId, Message: message, SigningAlgorithm: 'ECDSA_SHA_256', ...ask }));
    await expect(sign({ SigningAlgorithm: 'RSASSA_PSS_SHA_256' })).rejects.toMatchObject({
      name: 'InvalidKeyUsageException',
    });
    await expect(sign({ MessageType: 'DIGEST' })).rejects.toMatchObject({ name: 'ValidationException' });
    const symmetric = await lab.up('AWS::KMS::Key', {}, 'Symmetric');
    await expect(sign({ KeyId: symmetric.ref })).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
    await expect(sign({ KeyId: 'gone' })).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

describe('encryption', () => {
  it('needs the same context and an unchanged blob', async () => {
    const { ref: KeyId } = await key('SYMMETRIC_DEFAULT');
    await lab.up('AWS::KMS::Alias', { AliasName: 'alias/data', TargetKeyId: KeyId });
    const EncryptionContext = { table: 't', column: 'c' };
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId: 'alias/data', Plaintext: message, EncryptionContext }),
    );
    const open = (ask: object) => client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, ...ask }));
    const { Plaintext } = await open({ EncryptionContext: { column: 'c', table: 't' } });
    expect(Buffer.from(Plaintext!)).toEqual(message);
    await expect(open({ EncryptionContext: {} })).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    const changed = Buffer.from(CiphertextBlob!);
    changed[changed.length - 1]! ^= 1;
    await expect(open({ CiphertextBlob: changed })).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    const other = await lab.up('AWS::KMS::Key', {}, 'Other');
    await expect(open({ KeyId: other.ref })).rejects.toMatchObject({ name: 'IncorrectKeyException' });
  });

  it('gives data keys, of which the sealed one opens', async () => {
    const { ref: KeyId } = await key('SYMMETRIC_DEFAULT');
    const made = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    const opened = await client.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
    expect(made.Plaintext?.length).toBe(32);
    expect(opened.Plaintext).toEqual(made.Plaintext);
  });
});

it('keeps its keys over a restart', async () => {
  const { arn } = await key('ECC_NIST_P256');
  lab.region.services.splice(0, 1, makeKmsService(lab.region));
  expect((await key('ECC_NIST_P256')).arn).toBe(arn);
  await expect(key('RSA_2048')).rejects.toThrow('--fresh');
});

describe('who may use a key', () => {
  const role = (name: string) => lab.region.callerForRole(`arn:aws:iam::000000000000:role/${name}`);
  const use = (KeyId: string, name: string) => lab.region.invoke('kms', 'DescribeKey', { KeyId }, role(name));
  const statement = (AWS: string) => ({ Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' });

  it('is decided by IAM where the key policy names the account', async () => {
    const root = statement('arn:aws:iam::000000000000:root');
    const { ref, arn } = await key('SYMMETRIC_DEFAULT', { KeyPolicy: { Statement: [root] } });
    await expect(use(ref, 'reader')).resolves.toBeDefined();
    lab.region.denied.add(`kms:DescribeKey ${arn}`);
    await expect(use(ref, 'reader')).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });

  it('is decided by the key policy alone where it names only a role', async () => {
    const { ref } = await key('SYMMETRIC_DEFAULT', {
      KeyPolicy: { Statement: [statement('arn:aws:iam::000000000000:role/reader')] },
    });
    await expect(use(ref, 'reader')).resolves.toBeDefined();
    await expect(use(ref, 'writer')).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});
