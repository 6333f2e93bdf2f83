import { createHash } from 'node:crypto';

const FIELDS: Readonly<Record<string, (at: Date) => string>> = {
  yyyy: (at) => String(at.getUTCFullYear()),
  MM: (at) => two(at.getUTCMonth() + 1),
  dd: (at) => two(at.getUTCDate()),
  HH: (at) => two(at.getUTCHours()),
  mm: (at) => two(at.getUTCMinutes()),
  ss: (at) => two(at.getUTCSeconds()),
};

/**
 * Text of a Java date format in UTC: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, quoted text, and anything but letters.
 *
 * @throws Error for another letter
 */
function formatInstant(format: string, at: Date): string {
  return format.replace(/'([^']*)'|([a-zA-Z])\2*/g, (token, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted;
    const field = FIELDS[token.replace(/^YYYY$/, 'yyyy')];
    if (field !== undefined) return field(at);
    throw new Error(
      `the date format "${format}" has "${token}"; the laptop's Firehose knows ${Object.keys(FIELDS).join(', ')}`,
    );
  });
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

const EXPRESSION = /!\{([^:}]+):([^}]*)\}/g;

/**
 * A prefix with its expressions worked out: `!{timestamp:…}`, `!{firehose:random-string}` and
 * `!{firehose:error-output-type}`. A prefix without a timestamp gets `yyyy/MM/dd/HH/` after it, as in Firehose.
 * Source: "Understand custom prefixes for Amazon S3 objects", Amazon Data Firehose Developer Guide.
 *
 * @param seed what random strings are made from, so that a retry gives the same name
 * @throws Error for another expression
 */
export function evaluatePrefix(prefix: string, at: Date, seed: string, errorType?: string): string {
  const text = prefix.replace(EXPRESSION, (whole, space: string, name: string) => {
    if (space === 'timestamp') return formatInstant(name, at);
    if (space === 'firehose' && name === 'random-string') return randomString(seed);
    if (space === 'firehose' && name === 'error-output-type' && errorType !== undefined) return errorType;
    throw new Error(
      `the prefix "${prefix}" has ${whole}; the laptop's Firehose knows !{timestamp:…}, !{firehose:random-string} and, in error prefixes, !{firehose:error-output-type}`,
    );
  });
  return prefix.includes('!{timestamp:') || prefix.includes('!{firehose:')
    ? text
    : text + formatInstant('yyyy/MM/dd/HH/', at);
}

/** Eleven letters and digits. */
function randomString(seed: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`).toString(36);
  return digits.slice(0, 11);
}

/** The last part of an object's key: `<stream>-1-2026-01-31-10-20-30-<id>`. */
export function objectSuffix(streamName: string, at: Date, id: string): string {
  return `${streamName}-1-${formatInstant('yyyy-MM-dd-HH-mm-ss', at)}-${id}`;
}
