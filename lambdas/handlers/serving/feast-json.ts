import type { GetOnlineFeaturesRequest } from '../../../contracts/api/feast.ts';
import type { Value, ValueType } from '../../../core/definitions/value-type.ts';
import { unreachable } from '../../../core/errors.ts';
import type { ServedValue } from '../../../core/serving/prediction-record.ts';
import type { FeatureColumn, OnlineFeatures } from '../../use-cases/serving/get-online-features.ts';

const NO_TIME = '"1970-01-01T00:00:00Z"';
/** Feast's versions are numbers of 32 bits: so many digits of ours surely fit. */
const VERSION_DIGITS = 7;

/**
 * The answer as Feast's own feature server spells it, byte for byte where JSON leaves a choice that its clients see:
 * a float64 always has a point or an exponent (without one a client makes an integer of it), a timestamp is whole epoch
 * seconds, and event times have milliseconds only where they are not zero.
 */
export function feastJson(
  { keys, features, views, count }: OnlineFeatures,
  { include_feature_view_version_metadata: hasVersions }: GetOnlineFeaturesRequest,
): string {
  const results = [...keys.map(({ values }) => keyResult(values)), ...featureResults(features, count)];
  const names = JSON.stringify([...keys, ...features].map(({ name }) => name));
  const versions = views.map(({ name, version }) => ({
    name,
    version: Number.parseInt(version.slice(0, VERSION_DIGITS), 16),
    digest: version,
  }));
  const metadata = hasVersions ? `,"feature_view_metadata":${JSON.stringify(versions)}` : '';
  return `{"results":[${results.join(',')}],"metadata":{"feature_names":${names}${metadata}}}`;
}

function keyResult(values: readonly Value[]): string {
  const statuses = values.map((value) => (value === null ? '"NULL_VALUE"' : '"PRESENT"'));
  return result(JSON.stringify(values), statuses.join(','), values.map(() => NO_TIME).join(','));
}

function featureResults(features: readonly FeatureColumn[], count: number): readonly string[] {
  const allPresent = textOfPlaces(count, () => '"PRESENT"');
  const timesOfRead = new Map<number | null, string>();
  return features.map(({ type, readAt, at }) => {
    let isAllPresent = true;
    const values = textOfPlaces(count, (place) => {
      const { value, status } = at(place);
      if (status !== 'PRESENT') isAllPresent = false;
      return valueText(type, value);
    });
    let times = timesOfRead.get(readAt);
    if (times === undefined) {
      times = textOfPlaces(count, (place) => timeText(at(place)));
      timesOfRead.set(readAt, times);
    }
    const statuses = isAllPresent ? allPresent : textOfPlaces(count, (place) => `"${at(place).status}"`);
    return result(`[${values}]`, statuses, times);
  });
}

/** What stands at each place, with commas between; there is one place at least. */
function textOfPlaces(count: number, textAt: (place: number) => string): string {
  let text = textAt(0);
  for (let place = 1; place < count; place++) text += `,${textAt(place)}`;
  return text;
}

function timeText({ eventTimeMs }: ServedValue): string {
  return eventTimeMs === null ? NO_TIME : `"${eventTime(eventTimeMs)}"`;
}

function result(values: string, statuses: string, times: string): string {
  return `{"values":${values},"statuses":[${statuses}],"event_timestamps":[${times}]}`;
}

function eventTime(ms: number): string {
  const text = new Date(ms).toISOString();
  return ms % 1000 === 0 ? `${text.slice(0, -'.000Z'.length)}Z` : text;
}

function valueText(type: ValueType, value: Value): string {
  if (value === null) return 'null';
  switch (type) {
    case 'float64':
      return floatText(Number(value));
    case 'timestamp':
      return String(Math.floor(Number(value) / 1000));
    case 'int64':
    case 'boolean':
      return String(value);
    case 'string':
      return JSON.stringify(value);
    default:
      return unreachable(type);
  }
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}
