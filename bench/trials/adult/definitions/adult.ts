import { column, dataQualityGate, entity, featureView, metricGate, model, observedLabel, source } from '#headgate';

const owner = 'trials@headgate.example';

export const person = entity({
  name: 'person',
  joinKeys: { person_id: 'int64' },
  description: 'A person of the census',
  owner,
});

/** A static table: every row is true from the year of the census on. `prepare.ts` numbers the rows of the two files. */
export const census = source({
  name: 'census',
  columns: {
    person_id: 'int64',
    age: 'int64',
    workclass: 'string',
    fnlwgt: 'int64',
    education: 'string',
    education_num: 'int64',
    marital_status: 'string',
    occupation: 'string',
    relationship: 'string',
    race: 'string',
    sex: 'string',
    capital_gain: 'int64',
    capital_loss: 'int64',
    hours_per_week: 'int64',
    native_country: 'string',
    income: 'string',
  },
  eventTime: { fixed: '1994-01-01T00:00:00Z' },
  csv: { header: false, nulls: ['?'] },
  owner,
});

export const profile = featureView({
  name: 'profile',
  entity: person,
  source: census,
  features: {
    age: column(),
    workclass: column(),
    education: column(),
    education_num: column(),
    marital_status: column(),
    occupation: column(),
    relationship: column(),
    capital_gain: column(),
    capital_loss: column(),
    hours_per_week: column(),
    native_country: column(),
  },
  ttl: null,
  owner,
});

export const highIncome = model({
  name: 'high_income',
  purpose: 'The usual census exercise: income above 50,000 dollars',
  owner,
  riskClass: 'limited',
  entity: person,
  problem: 'binary',
  label: observedLabel({ source: census, value: "income = '>50K'" }),
  features: [profile],
  split: { by: 'entity', validationShare: 0.15, testShare: 0.25 },
  training: { hyperparameters: { num_round: 200, max_depth: 6, eta: 0.1, seed: 7 } },
  gates: [
    metricGate({ metric: 'auc', atLeast: 0.9, minRows: 1000 }),
    dataQualityGate({ minTrainRows: 10_000, maxMissingShare: 0.1 }),
  ],
});
