import { alias, column, entity, feature, featureService, featureView, onDemandFeatureView, source } from '#headgate';

const owner = 'trials@headgate.example';

const customer = entity({ name: 'customer', joinKeys: { customer_id: 'int64' }, owner });
const place = entity({ name: 'place', joinKeys: { place_id: 'string' }, owner });
const seat = entity({ name: 'seat', joinKeys: { train_id: 'string', seat_no: 'int64' }, owner });

/** A feature of every type. */
const customers = source({
  name: 'customers',
  columns: {
    customer_id: 'int64',
    changed_at: 'timestamp',
    spend: 'float64',
    trips: 'int64',
    is_member: 'boolean',
    home: 'string',
    joined_at: 'timestamp',
  },
  eventTime: 'changed_at',
  owner,
});
const weather = source({
  name: 'weather',
  columns: { place_id: 'string', measured_at: 'timestamp', rain_mm: 'float64', wind_kmh: 'float64' },
  eventTime: 'measured_at',
  owner,
});
const bookings = source({
  name: 'bookings',
  columns: { train_id: 'string', seat_no: 'int64', booked_at: 'timestamp', price: 'float64' },
  eventTime: 'booked_at',
  owner,
});

const profile = featureView({
  name: 'profile',
  entity: customer,
  source: customers,
  features: { spend: column(), trips: column(), is_member: column(), home: column(), joined_at: column() },
  ttl: null,
  owner,
});
const forecast = featureView({
  name: 'forecast',
  entity: place,
  source: weather,
  features: { rain_mm: column(), wind_kmh: column() },
  ttl: '1d',
  owner,
});
const booking = featureView({
  name: 'booking',
  entity: seat,
  source: bookings,
  features: { price: column() },
  ttl: null,
  owner,
});
const basket = onDemandFeatureView({
  name: 'basket',
  sources: [profile],
  request: { amount: 'float64' },
  features: { of_spend: 'amount / profile__spend' },
  owner,
});

const origin = alias(forecast, { name: 'origin', joinKeys: ['origin_id'] });
const destination = alias(forecast, { name: 'destination', joinKeys: ['destination_id'] });

export const definitions = [
  customer,
  place,
  seat,
  customers,
  weather,
  bookings,
  profile,
  forecast,
  booking,
  basket,
  featureService({ name: 'trip', features: [origin, destination, feature(profile, 'trips')], owner }),
];
