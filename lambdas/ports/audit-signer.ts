/** A key whose private half nobody has: ECDSA on P-256 with SHA-256. */
export interface AuditSigner {
  /** ARN of the key, and the base64 of its public half (DER). */
  key(): Promise<{ readonly keyId: string; readonly publicKey: string }>;
  /** Base64 of the DER signature over the text; at most 4096 bytes of UTF-8. */
  sign(text: string): Promise<string>;
}
