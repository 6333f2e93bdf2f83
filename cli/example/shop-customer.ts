import { DAY_MS, type Random } from '../../core/clock.ts';
import { standardNormal } from '../../core/stats/seeded-random.ts';
import { pickWeighted } from './pick-weighted.ts';
import { CATEGORY_NAMES } from './shop-products.ts';

/** A customer with habits. */
export interface ShopCustomer {
  readonly number: number;
  readonly id: string;
  /** Orders fall between joining and leaving. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Mean days between two orders. */
  readonly gapDays: number;
  /** Mean number of further lines in a basket. */
  readonly basketLines: number;
  readonly favourite: string;
  readonly profiles: readonly { readonly atMs: number; readonly json: object }[];
}

const COUNTRIES = [
  ['DE', 40],
  ['FR', 22],
  ['NL', 14],
  ['AT', 12],
  ['ES', 8],
  ['PL', 4],
] as const;

/** Where accounts come from, and how much longer than others their owners wait between orders. */
const CHANNELS = [
  ['search', 40],
  ['referral', 18],
  ['advert', 27],
  ['store', 15],
] as const;
const GAP_FACTOR = { search: 1, referral: 0.75, advert: 1.5, store: 0.9 } as const;

export function makeCustomer(number: number, startMs: number, endMs: number, random: Random): ShopCustomer {
  const id = `C${String(number).padStart(5, '0')}`;
  const channel = pickWeighted(CHANNELS, random);
  const newsletter = random() < 0.45;
  // two thirds were there before the history begins
  const joinedMs = random() < 0.66 ? startMs - random() * 500 * DAY_MS : startMs + random() * (endMs - startMs);
  const fromMs = Math.max(joinedMs, startMs - 60 * DAY_MS);
  const stayDays = -Math.log(1 - random()) * (channel === 'advert' ? 110 : 260);
  const habit = Math.exp(standardNormal(random) * 1.15);
  const country = pickWeighted(COUNTRIES, random);
  const signedUp = {
    customer_id: id,
    changed_at: new Date(Math.floor(joinedMs)).toISOString(),
    country,
    signup_channel: channel,
    newsletter,
    birth_year: 1945 + Math.floor(60 * random()),
  };
  return {
    number,
    id,
    fromMs,
    toMs: fromMs + stayDays * DAY_MS,
    gapDays: 30 * habit * GAP_FACTOR[channel] * (newsletter ? 0.8 : 1.1),
    basketLines: 0.7 + 2.6 * random(),
    favourite: CATEGORY_NAMES[Math.floor(random() * CATEGORY_NAMES.length)] ?? 'books',
    profiles: [{ atMs: joinedMs, json: signedUp }, ...changeOfMind(signedUp, joinedMs, endMs, random)],
  };
}

/** Some leave the newsletter, or move, later on. */
function changeOfMind(profile: { readonly newsletter: boolean }, joinedMs: number, endMs: number, random: Random) {
  if (random() > 0.1) return [];
  const atMs = joinedMs + random() * (endMs - joinedMs);
  return [
    {
      atMs,
      json: { ...profile, changed_at: new Date(Math.floor(atMs)).toISOString(), newsletter: !profile.newsletter },
    },
  ];
}
