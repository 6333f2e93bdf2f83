/**
 * The text that UTF-8 bytes spell. Bytes that are no UTF-8 give U+FFFD, one for each byte that starts nothing.
 * Pure, for code that has no platform decoder; short texts, as feature values are.
 */
export function utf8Text(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  while (at < bytes.byteLength) {
    const lead = bytes[at]!;
    const trail = lead < 0x80 ? 0 : lead >= 0xf0 && lead < 0xf5 ? 3 : lead >= 0xe0 && lead < 0xf0 ? 2 : 1;
    if (trail === 0) {
      text += String.fromCharCode(lead);
    } else {
      const point = codePoint(bytes, at, trail);
      text += String.fromCodePoint(point ?? 0xfffd);
      if (point === null) {
        at += 1;
        continue;
      }
    }
    at += trail + 1;
  }
  return text;
}

const SMALLEST = [0, 0x80, 0x800, 0x10000] as const;

/** Null when the bytes are no sequence, spell a surrogate, or take more bytes than they need. */
function codePoint(bytes: Uint8Array, at: number, trail: number): number | null {
  const lead = bytes[at]!;
  if (lead < 0xc2 || lead > 0xf4 || at + trail >= bytes.byteLength) return null;
  let point = lead & (0x3f >> trail);
  for (let i = 1; i <= trail; i++) {
    const byte = bytes[at + i]!;
    if ((byte & 0xc0) !== 0x80) return null;
    point = (point << 6) | (byte & 0x3f);
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < SMALLEST[trail]! || point > 0x10ffff || isSurrogate ? null : point;
}

/** Whether the text has no surrogate without its partner; such text has no UTF-8. */
export function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}
