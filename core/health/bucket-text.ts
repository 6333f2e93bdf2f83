import { DAY_MS } from '../clock.ts';
import { durationText } from '../duration-text.ts';
import { isoInstant } from '../iso-instant.ts';
import type { Comparables } from './comparable-buckets.ts';
import type { BucketHistory } from './source-buckets.ts';

/** `the 1d to 2026-03-01T00:00:00Z`. */
export function bucketText({ atMs, widthMs }: BucketHistory, bucket: number): string {
  return `the ${widthMs === DAY_MS ? 'day' : durationText(widthMs)} to ${isoInstant(atMs - bucket * widthMs)}`;
}

export function peersText({ basis, peers }: Comparables): string {
  const of = { weekdays: 'days of the same weekday', days: 'days', buckets: 'stretches before' };
  return `median of ${peers.length} ${of[basis]}`;
}

/** A share in percent. */
export function shareText(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
