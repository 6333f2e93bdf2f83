import { DAY_MS } from '../../../core/clock.ts';
import type { Row, Value, ValueType } from '../../../core/definitions/value-type.ts';

/** Rows to push, and what reading them back has to give: written from what is pushed, not from what is read. */
export interface Expectations {
  readonly pushes: readonly { readonly source: string; readonly rows: readonly Row[] }[];
  readonly reads: readonly ExpectedRead[];
  readonly viewReads: readonly ExpectedViewRead[];
  readonly refusals: readonly ExpectedRefusal[];
}

type Rows = Readonly<Record<string, readonly Value[]>>;

/** What `FeatureStore.get_online_features` has to give. */
export interface ExpectedRead {
  readonly why: string;
  readonly features?: readonly string[];
  readonly service?: string;
  readonly rows: Rows;
  readonly hasFullNames: boolean;
  /** In the order of the answer. */
  readonly columns: readonly ExpectedColumn[];
}

export interface ExpectedColumn {
  readonly name: string;
  readonly type: ValueType;
  readonly values: readonly Value[];
  readonly statuses: readonly string[];
}

/** What `RemoteOnlineStore.online_read` has to give, as clients before `get_online_features` went over HTTP read it. */
export interface ExpectedViewRead {
  readonly view: string;
  readonly joinKey: { readonly name: string; readonly type: ValueType };
  readonly keys: readonly (string | number)[];
  readonly features: readonly { readonly name: string; readonly type: ValueType }[];
  readonly values: readonly Row[];
  /** ISO 8601: of the first row, all that this client looks at. */
  readonly eventTime: string;
}

export interface ExpectedRefusal {
  readonly why: string;
  readonly features: readonly string[];
  readonly rows: Rows;
  readonly status: number;
  readonly says: string;
}

const P = 'PRESENT';
const NONE = 'NOT_FOUND';

export function expectations(now: Date): Expectations {
  const at = (ageMs: number) => new Date(Math.floor((now.getTime() - ageMs) / 1000) * 1000).toISOString();
  const fresh = at(60_000);
  const joined = '2024-02-29T12:30:00.000Z';
  const joinedSeconds = Date.parse(joined) / 1000;
  const profile = (customer_id: number, spend: Value, trips: Value, is_member: Value, home: Value): Row => ({
    customer_id,
    changed_at: fresh,
    spend,
    trips,
    is_member,
    home,
    joined_at: joined,
  });
  const column = (name: string, type: ValueType, values: readonly Value[], statuses: readonly string[]) => ({
    name,
    type,
    values,
    statuses,
  });
  const key = (name: string, type: ValueType, values: readonly Value[]) =>
    column(
      name,
      type,
      values,
      values.map((value) => (value === null ? 'NULL_VALUE' : P)),
    );
  const PROFILE = ['spend', 'trips', 'is_member', 'home', 'joined_at'].map((name) => `profile:${name}`);
  return {
    pushes: [
      {
        source: 'customers',
        rows: [
          profile(1, 12.5, 3, true, 'Zürich "HB"'),
          profile(2, 40, 9_007_199_254_740_991, false, ''),
          profile(3, null, 0, null, null),
        ],
      },
      {
        source: 'weather',
        rows: [
          { place_id: 'bern', measured_at: fresh, rain_mm: 1e21, wind_kmh: -0.5 },
          { place_id: 'köln', measured_at: fresh, rain_mm: 7, wind_kmh: null },
          { place_id: 'oslo', measured_at: at(2 * DAY_MS), rain_mm: 3, wind_kmh: 4 },
        ],
      },
      {
        source: 'bookings',
        rows: [
          { train_id: 'ic1', seat_no: 11, booked_at: fresh, price: 10 },
          { train_id: 'ic11', seat_no: 1, booked_at: fresh, price: 99.75 },
        ],
      },
    ],
    reads: [
      {
        why: 'a feature of every type, a null, an entity that is not there, one asked twice',
        features: PROFILE,
        rows: { customer_id: [2, 1, 3, 404, 2] },
        hasFullNames: false,
        columns: [
          key('customer_id', 'int64', [2, 1, 3, 404, 2]),
          column('spend', 'float64', [40, 12.5, null, null, 40], [P, P, 'NULL_VALUE', NONE, P]),
          column('trips', 'int64', [9_007_199_254_740_991, 3, 0, null, 9_007_199_254_740_991], [P, P, P, NONE, P]),
          column('is_member', 'boolean', [false, true, null, null, false], [P, P, 'NULL_VALUE', NONE, P]),
          column('home', 'string', ['', 'Zürich "HB"', null, null, ''], [P, P, 'NULL_VALUE', NONE, P]),
          column(
            'joined_at',
            'int64',
            [joinedSeconds, joinedSeconds, joinedSeconds, null, joinedSeconds],
            [P, P, P, NONE, P],
          ),
        ],
      },
      {
        why: 'a value older than its TTL, and full names',
        features: ['forecast:wind_kmh', 'forecast:rain_mm'],
        rows: { place_id: ['oslo', 'bern', 'köln'] },
        hasFullNames: true,
        columns: [
          key('place_id', 'string', ['oslo', 'bern', 'köln']),
          column('forecast__wind_kmh', 'float64', [null, -0.5, null], ['OUTSIDE_MAX_AGE', P, 'NULL_VALUE']),
          column('forecast__rain_mm', 'float64', [null, 1e21, 7], ['OUTSIDE_MAX_AGE', P, P]),
        ],
      },
      {
        why: 'composite keys that would be one when written side by side',
        features: ['booking:price'],
        rows: { train_id: ['ic1', 'ic11', 'ic1'], seat_no: [11, 1, 1] },
        hasFullNames: false,
        columns: [
          key('train_id', 'string', ['ic1', 'ic11', 'ic1']),
          key('seat_no', 'int64', [11, 1, 1]),
          column('price', 'float64', [10, 99.75, null], [P, P, NONE]),
        ],
      },
      {
        why: 'a feature service with two aliases of one view, and a list that nothing needs',
        service: 'trip',
        rows: { customer_id: [1], origin_id: ['bern'], destination_id: ['köln'], label: [0] },
        hasFullNames: true,
        columns: [
          key('customer_id', 'int64', [1]),
          key('origin_id', 'string', ['bern']),
          key('destination_id', 'string', ['köln']),
          column('origin__rain_mm', 'float64', [1e21], [P]),
          column('origin__wind_kmh', 'float64', [-0.5], [P]),
          column('destination__rain_mm', 'float64', [7], [P]),
          column('destination__wind_kmh', 'float64', [null], ['NULL_VALUE']),
          column('profile__trips', 'int64', [3], [P]),
        ],
      },
      {
        why: 'an on-demand feature from a value of the request and a stored one',
        features: ['basket:of_spend', 'profile:spend'],
        rows: { customer_id: [1, 2, 404], amount: [2.5, 40, 1] },
        hasFullNames: false,
        columns: [
          key('customer_id', 'int64', [1, 2, 404]),
          column('of_spend', 'float64', [0.2, 1, null], [P, P, 'NULL_VALUE']),
          column('spend', 'float64', [12.5, 40, null], [P, P, NONE]),
        ],
      },
      {
        why: 'a null join key keeps its row',
        features: ['profile:trips'],
        rows: { customer_id: [null, 3] },
        hasFullNames: false,
        columns: [key('customer_id', 'int64', [null, 3]), column('trips', 'int64', [null, 0], [NONE, P])],
      },
    ],
    viewReads: [
      {
        view: 'profile',
        joinKey: { name: 'customer_id', type: 'int64' },
        keys: [1, 3, 404],
        features: [
          { name: 'spend', type: 'float64' },
          { name: 'trips', type: 'int64' },
          { name: 'is_member', type: 'boolean' },
          { name: 'home', type: 'string' },
          { name: 'joined_at', type: 'timestamp' },
        ],
        values: [
          { spend: 12.5, trips: 3, is_member: true, home: 'Zürich "HB"', joined_at: joinedSeconds },
          { spend: null, trips: 0, is_member: null, home: null, joined_at: joinedSeconds },
          { spend: null, trips: null, is_member: null, home: null, joined_at: null },
        ],
        eventTime: fresh,
      },
    ],
    refusals: [
      {
        why: 'a view that is not there',
        features: ['climate:sun_h'],
        rows: { place_id: ['bern'] },
        status: 404,
        says: 'no feature view named \\"climate\\"; known: booking, forecast, profile, basket',
      },
      {
        why: 'a join key that is missing',
        features: ['profile:spend'],
        rows: { place_id: ['bern'] },
        status: 400,
        says: 'entities lacks customer_id',
      },
    ],
  };
}
