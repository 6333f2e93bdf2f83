import { randomBytes } from 'node:crypto';
import type { Clock, Ids } from '../../ports/clock-and-ids.ts';

/**
 * UUID version 7: 48 bits of epoch milliseconds, then 74 random bits. Within one millisecond the order is by chance.
 * Source: RFC 9562, section 5.7. Checked by: test/unit/uuid-v7-ids.test.ts.
 */
export function uuidV7Ids(clock: Clock, random: (sizeBytes: number) => Uint8Array = randomBytes): Ids {
  return {
    next() {
      const bytes = random(16).slice();
      const nowMs = clock.now().getTime();
      new DataView(bytes.buffer).setUint16(0, Math.floor(nowMs / 2 ** 32));
      new DataView(bytes.buffer).setUint32(2, nowMs % 2 ** 32);
      bytes[6] = 0x70 | (bytes[6]! & 0x0f);
      bytes[8] = 0x80 | (bytes[8]! & 0x3f);
      const hex = Buffer.from(bytes).toString('hex');
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
    },
  };
}
