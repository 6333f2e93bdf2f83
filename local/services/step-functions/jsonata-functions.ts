import { createHash, randomUUID } from 'node:crypto';

/**
 * The functions Step Functions adds to JSONata.
 *
 * Source: Step Functions developer guide, "Transforming data with JSONata", functions provided by Step Functions.
 */
export const STEP_FUNCTIONS_JSONATA: Readonly<Record<string, (...given: unknown[]) => unknown>> = {
  partition: (array, size) => {
    const items = Array.isArray(array) ? array : [array];
    if (typeof size !== 'number' || size < 1) throw new Error(`$partition needs a size of at least 1, got ${size}`);
    const chunkSize = Math.floor(size);
    return Array.from({ length: Math.ceil(items.length / chunkSize) }, (_, chunk) =>
      items.slice(chunk * chunkSize, (chunk + 1) * chunkSize),
    );
  },
  range: (first, last, step) => {
    if (typeof first !== 'number' || typeof last !== 'number' || typeof step !== 'number' || step === 0) {
      throw new Error(`$range needs first, last and a step other than 0, got ${first}, ${last}, ${step}`);
    }
    const count = Math.max(0, Math.floor((last - first) / step) + 1);
    if (count > 1_000_000) throw new Error(`$range would give ${count} numbers`);
    return Array.from({ length: count }, (_, index) => first + index * step);
  },
  hash: (data, algorithm) => {
    const digest = HASHES[String(algorithm)];
    if (typeof data !== 'string') throw new Error(`$hash needs a string, got ${typeof data}`);
    if (digest === undefined) {
      throw new Error(`$hash does not know "${algorithm}"; allowed: ${Object.keys(HASHES).join(', ')}`);
    }
    return createHash(digest).update(data).digest('hex');
  },
  random: (seed) => (typeof seed === 'number' ? seededFraction(seed) : Math.random()),
  uuid: () => randomUUID(),
  parse: (text) => {
    if (typeof text !== 'string') throw new Error(`$parse needs a string, got ${typeof text}`);
    return JSON.parse(text);
  },
  eval: () => {
    throw new Error('$eval is not available in Step Functions; use $parse');
  },
};

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** A number in [0, 1) that is the same for the same seed. AWS does not publish its generator, so values differ. */
function seededFraction(seed: number): number {
  return createHash('sha256').update(String(seed)).digest().readUInt32BE(0) / 2 ** 32;
}

/** Whether a JSONata result holds a function, which JSON would drop in silence. */
export function holdsFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return true;
  return Object.values(value).some(holdsFunction);
}
