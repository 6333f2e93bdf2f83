import { canonicalJson, type Sha256 } from '../canonical-json.ts';

/**
 * A signature over where a model's chain stood: whoever has it can tell whether any record up to there was edited,
 * dropped or moved since, and whether the chain was cut short.
 */
export interface Checkpoint {
  readonly schema: 'headgate.audit-checkpoint/v1';
  readonly model: string;
  /** Of the last record it covers. */
  readonly position: number;
  /** Hash of that record, which covers every one before. */
  readonly hash: Sha256;
  /** Position of the checkpoint before; 0 for the first. */
  readonly previousPosition: number;
  /** ISO 8601 UTC. */
  readonly signedAt: string;
  /** ARN of the key. */
  readonly keyId: string;
  /** Base64 of the key's public half, DER (SubjectPublicKeyInfo). Part of what is signed. */
  readonly publicKey: string;
  /** Base64, DER: ECDSA on P-256 with SHA-256 over `signedText`. */
  readonly signature: string;
}

/** What the signature is over: the canonical JSON (RFC 8785) of the checkpoint without it. */
export function signedText({ signature: _, ...signed }: Checkpoint | UnsignedCheckpoint): string {
  return canonicalJson(signed);
}

export type UnsignedCheckpoint = Omit<Checkpoint, 'signature'> & { readonly signature?: never };
