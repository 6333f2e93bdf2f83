import type { Random } from '../clock.ts';

/**
 * Numbers of a simple random sample of rows, ascending and each once; all of them when there are no more than wanted.
 *
 * Source: Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S.
 */
export function sampledRows(count: number, most: number, random: Random): Int32Array {
  const sample = new Int32Array(Math.min(count, most));
  for (let row = 0, taken = 0; taken < sample.length; row++) {
    if (random() * (count - row) < sample.length - taken) sample[taken++] = row;
  }
  return sample;
}
