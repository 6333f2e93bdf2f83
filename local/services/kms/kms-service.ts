import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AwsError, type Caller, type LocalService, type Operation, type Region } from '../../service.ts';
import { readInput, readProperties, templateBoolean, templateNumber, templateTags } from '../read-document.ts';
import { policyLetsAccountIn, policyLetsRoleIn, policyLetsServiceIn } from '../resource-policy.ts';
import { callingService, refuseService } from '../service-caller.ts';
import { decrypt, encrypt, forgetKey, type KeyRecord, keyIdOfBlob, keyOfResource } from './keys.ts';
import { algorithmsOf, publicKeyDer, signMessage, verifyMessage } from './signatures.ts';

const KeyProperties = z.strictObject({
  KeySpec: z
    .enum(['SYMMETRIC_DEFAULT', 'ECC_NIST_P256', 'RSA_2048', 'RSA_3072', 'RSA_4096'])
    .default('SYMMETRIC_DEFAULT'),
  KeyUsage: z.enum(['ENCRYPT_DECRYPT', 'SIGN_VERIFY']).default('ENCRYPT_DECRYPT'),
  KeyPolicy: z.record(z.string(), z.unknown()).optional(),
  Description: z.string().optional(),
  Enabled: templateBoolean.default(true),
  EnableKeyRotation: templateBoolean.optional(),
  RotationPeriodInDays: templateNumber.optional(),
  PendingWindowInDays: templateNumber.optional(),
  MultiRegion: templateBoolean.optional(),
  Origin: z.literal('AWS_KMS').optional(),
  BypassPolicyLockoutSafetyCheck: templateBoolean.optional(),
  Tags: templateTags,
});
const AliasProperties = z.strictObject({ AliasName: z.string().regex(/^alias\//), TargetKeyId: z.string() });

const bytes = (max: number) =>
  z
    .union([z.base64(), z.instanceof(Uint8Array)])
    .transform((given) => (typeof given === 'string' ? Buffer.from(given, 'base64') : Buffer.from(given)))
    .refine((given) => given.length > 0 && given.length <= max, { error: `must be 1 to ${max} bytes` });
const context = z.record(z.string(), z.string()).default({});
const messageType = z.enum(['RAW', 'DIGEST']).default('RAW');

const ByKey = z.object({ KeyId: z.string() });
const Encrypt = ByKey.extend({ Plaintext: bytes(4096), EncryptionContext: context });
const Decrypt = z.object({ KeyId: z.string().optional(), CiphertextBlob: bytes(6144), EncryptionContext: context });
const DataKey = ByKey.extend({
  KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
  NumberOfBytes: z.number().int().min(1).max(1024).optional(),
  EncryptionContext: context,
});
const Sign = ByKey.extend({ Message: bytes(4096), MessageType: messageType, SigningAlgorithm: z.string() });
const Verify = Sign.extend({ Signature: bytes(6144) });

interface Key extends KeyRecord {
  readonly policy: unknown;
  readonly isEnabled: boolean;
  readonly description: string;
}

/** KMS on the laptop: real cryptography, with keys that the region's store keeps. */
export function makeKmsService(region: Region): LocalService {
  const keys = new Map<string, Key>();
  const aliases = new Map<string, string>();
  const prefix = `arn:aws:kms:${region.regionName}:${region.accountId}:`;

  const resolve = (keyId: string): Key => {
    const name = keyId.startsWith(prefix) ? keyId.slice(prefix.length) : keyId;
    const id = name.startsWith('alias/') ? aliases.get(name) : name.replace(/^key\//, '');
    const key = keys.get(id ?? '');
    if (key === undefined) throw new AwsError('NotFoundException', `Key '${keyId}' does not exist`);
    return key;
  };

  /** The key's policy decides first: it names the caller, or leaves the decision to IAM by naming the account. */
  const use = (
    keyId: string,
    caller: Caller,
    action: string,
    encryptionContext: Readonly<Record<string, string>> = {},
  ): Key => {
    const key = resolve(keyId);
    const service = callingService(caller);
    if (service !== undefined) {
      if (!policyLetsServiceIn(key.policy, caller, `kms:${action}`, key.arn, region.accountId)) {
        throw refuseService(caller, `kms:${action}`, key.arn);
      }
    } else if (caller.roleArn !== undefined && !policyLetsRoleIn(key.policy, caller.roleArn, `kms:${action}`)) {
      if (!policyLetsAccountIn(key.policy, `kms:${action}`, region.accountId)) {
        const message = `User: ${caller.principalArn} is not authorized to perform: kms:${action} on resource: ${key.arn} because the key policy neither names it nor the account`;
        throw new AwsError('AccessDeniedException', message);
      }
      const conditions = Object.entries(encryptionContext).map(([name, value]) => [
        `kms:EncryptionContext:${name}`,
        value,
      ]);
      region.authorize(caller, `kms:${action}`, key.arn, {
        ...Object.fromEntries(conditions),
        ...(keyId.includes('alias/') ? { 'kms:RequestAlias': keyId.slice(keyId.indexOf('alias/')) } : {}),
      });
    }
    if (!key.isEnabled && action !== 'DescribeKey') throw new AwsError('DisabledException', `${key.arn} is disabled.`);
    return key;
  };
  const needSymmetric = (key: Key): Key => {
    if (key.spec === 'SYMMETRIC_DEFAULT') return key;
    throw new AwsError('InvalidKeyUsageException', `${key.arn} is ${key.spec} and cannot be used here`);
  };
  const makeDataKey = (input: unknown, caller: Caller, action: string) => {
    const { KeyId, KeySpec, NumberOfBytes, EncryptionContext } = readInput(DataKey, input);
    if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
      throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.');
    }
    const key = needSymmetric(use(KeyId, caller, action, EncryptionContext));
    const plaintext = randomBytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32));
    const blob = encrypt(key, plaintext, EncryptionContext).toString('base64');
    return { CiphertextBlob: blob, Plaintext: plaintext.toString('base64'), KeyId: key.arn };
  };

  const operations: Readonly<Record<string, Operation>> = {
    DescribeKey: async (input, caller) => {
      const key = use(readInput(ByKey, input).KeyId, caller, 'DescribeKey');
      return { KeyMetadata: metadata(key, region.accountId) };
    },
    Encrypt: async (input, caller) => {
      const { KeyId, Plaintext, EncryptionContext } = readInput(Encrypt, input);
      const key = needSymmetric(use(KeyId, caller, 'Encrypt', EncryptionContext));
      const CiphertextBlob = encrypt(key, Plaintext, EncryptionContext).toString('base64');
      return { CiphertextBlob, KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
    Decrypt: async (input, caller) => {
      const { KeyId, CiphertextBlob, EncryptionContext } = readInput(Decrypt, input);
      const sealedWith = keyIdOfBlob(CiphertextBlob);
      if (!keys.has(sealedWith))
        throw new AwsError('InvalidCiphertextException', 'the ciphertext names no key of this account');
      const key = needSymmetric(use(KeyId ?? sealedWith, caller, 'Decrypt', EncryptionContext));
      if (key.id !== sealedWith) {
        throw new AwsError(
          'IncorrectKeyException',
          'The key ID in the request does not identify a CMK that can perform this operation.',
        );
      }
      const plaintext = decrypt(key, CiphertextBlob, EncryptionContext);
      return { Plaintext: plaintext.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
    GenerateDataKey: async (input, caller) => makeDataKey(input, caller, 'GenerateDataKey'),
    GenerateDataKeyWithoutPlaintext: async (input, caller) => {
      const { Plaintext: _plaintext, ...rest } = makeDataKey(input, caller, 'GenerateDataKeyWithoutPlaintext');
      return rest;
    },
    Sign: async (input, caller) => {
      const { KeyId, Message, MessageType, SigningAlgorithm } = readInput(Sign, input);
      const key = use(KeyId, caller, 'Sign');
      const signature = signMessage(key, SigningAlgorithm, Message, MessageType);
      return { KeyId: key.arn, Signature: signature.toString('base64'), SigningAlgorithm };
    },
    Verify: async (input, caller) => {
      const { KeyId, Message, MessageType, SigningAlgorithm, Signature } = readInput(Verify, input);
      const key = use(KeyId, caller, 'Verify');
      if (!verifyMessage(key, SigningAlgorithm, Message, MessageType, Signature)) {
        throw new AwsError('KMSInvalidSignatureException', 'the signature is not of this key over this message');
      }
      return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm };
    },
    GetPublicKey: async (input, caller) => {
      const key = use(readInput(ByKey, input).KeyId, caller, 'GetPublicKey');
      if (key.spec === 'SYMMETRIC_DEFAULT') {
        throw new AwsError('UnsupportedOperationException', `${key.arn} is symmetric and has no public key`);
      }
      return {
        KeyId: key.arn,
        PublicKey: publicKeyDer(key).toString('base64'),
        KeySpec: key.spec,
        KeyUsage: key.usage,
        SigningAlgorithms: Object.keys(algorithmsOf(key)),
      };
    },
  };

  return {
    signingNames: ['kms'],
    operations,
    resources: {
      'AWS::KMS::Key': {
        provision: async (request) => {
          const properties = readProperties(KeyProperties, request, 'AWS::KMS::Key');
          const { KeySpec, KeyUsage } = properties;
          if ((KeySpec === 'SYMMETRIC_DEFAULT') !== (KeyUsage === 'ENCRYPT_DECRYPT')) {
            throw new Error(`${request.logicalId}: the laptop region has no ${KeySpec} key for ${KeyUsage}`);
          }
          const record = keyOfResource(region, request.generatedName, KeySpec, KeyUsage);
          keys.set(record.id, {
            ...record,
            policy: properties.KeyPolicy ?? defaultPolicy(region.accountId),
            isEnabled: properties.Enabled,
            description: properties.Description ?? '',
          });
          return { ref: record.id, attributes: { Arn: record.arn, KeyId: record.id } };
        },
        // AWS waits a week or more before the material is gone; a template that drops a key means it.
        remove: async ({ ref }) => forgetKey(region, ref),
      },
      'AWS::KMS::Alias': {
        provision: async (request) => {
          const { AliasName, TargetKeyId } = readProperties(AliasProperties, request, 'AWS::KMS::Alias');
          aliases.set(AliasName, resolve(TargetKeyId).id);
          return { ref: AliasName };
        },
      },
    },
  };
}

function defaultPolicy(accountId: string): object {
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  return { Statement: [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }] };
}

function metadata(key: Key, accountId: string): object {
  return {
    AWSAccountId: accountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.createdAtMs / 1000,
    Enabled: key.isEnabled,
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: key.isEnabled ? 'Enabled' : 'Disabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    KeySpec: key.spec,
    ...(key.usage === 'SIGN_VERIFY' ? { SigningAlgorithms: Object.keys(algorithmsOf(key)) } : {}),
  };
}
