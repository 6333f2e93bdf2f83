import { createECDH, randomBytes } from 'node:crypto';

/**
 * ECDSA over P-256 of a digest that was made elsewhere, which node:crypto cannot do: it always hashes what it signs.
 *
 * Source: FIPS 186-5, sections 6.4.1 and 6.4.2; curve constants from NIST SP 800-186, section 3.2.1.3.
 * Checked by: test/local/kms.test.ts, against node:crypto on the message the digest is of.
 */

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const A = P - 3n;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const G: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
};

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

/**
 * @param digest 32 bytes
 * @param privateScalar 32 bytes, big endian
 * @returns the signature in DER, as KMS gives it
 */
export function signDigest(digest: Uint8Array, privateScalar: Uint8Array): Buffer {
  const z = toBigInt(digest);
  const d = toBigInt(privateScalar);
  for (;;) {
    const nonce = randomBytes(32);
    const k = toBigInt(nonce);
    if (k === 0n || k >= N) continue;
    const ephemeral = createECDH('prime256v1');
    ephemeral.setPrivateKey(nonce);
    const r = toBigInt(ephemeral.getPublicKey().subarray(1, 33)) % N;
    const s = (inverse(k, N) * (z + r * d)) % N;
    if (r !== 0n && s !== 0n) return encodeSignature(r, s);
  }
}

/** @param publicPoint 65 bytes, uncompressed */
export function verifyDigest(digest: Uint8Array, signature: Uint8Array, publicPoint: Uint8Array): boolean {
  const decoded = decodeSignature(signature);
  if (decoded === undefined) return false;
  const { r, s } = decoded;
  if (r <= 0n || r >= N || s <= 0n || s >= N) return false;
  const w = inverse(s, N);
  const q: Point = { x: toBigInt(publicPoint.subarray(1, 33)), y: toBigInt(publicPoint.subarray(33, 65)) };
  const sum = add(multiply(G, (toBigInt(digest) * w) % N), multiply(q, (r * w) % N));
  return sum !== undefined && sum.x % N === r;
}

/** Undefined is the point at infinity. */
function add(a: Point | undefined, b: Point | undefined): Point | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (a.x === b.x && (a.y + b.y) % P === 0n) return undefined;
  const slope = a.x === b.x ? (3n * a.x * a.x + A) * inverse(2n * a.y, P) : (b.y - a.y) * inverse(mod(b.x - a.x, P), P);
  const x = mod(slope * slope - a.x - b.x, P);
  return { x, y: mod(slope * (a.x - x) - a.y, P) };
}

function multiply(point: Point, scalar: bigint): Point | undefined {
  let result: Point | undefined;
  let doubled: Point | undefined = point;
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, doubled);
    doubled = add(doubled, doubled);
  }
  return result;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [mod(value, modulus), modulus, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b, x, y] = [b - quotient * a, a, y - quotient * x, x];
  }
  return mod(x, modulus);
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
}

function encodeSignature(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([encodeInteger(r), encodeInteger(s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function encodeInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const content = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([0x02, content.length]), content]);
}

function decodeSignature(der: Uint8Array): { readonly r: bigint; readonly s: bigint } | undefined {
  const rLength = der[3] ?? 0;
  const sLength = der[5 + rLength] ?? 0;
  const isWellFormed =
    der[0] === 0x30 &&
    der[1] === der.length - 2 &&
    der[2] === 0x02 &&
    der[4 + rLength] === 0x02 &&
    der.length === 6 + rLength + sLength;
  if (!isWellFormed) return undefined;
  return { r: toBigInt(der.subarray(4, 4 + rLength)), s: toBigInt(der.subarray(6 + rLength)) };
}
