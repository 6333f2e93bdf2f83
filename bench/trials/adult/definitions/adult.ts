import {
  column,
  dataQualityGate,
  entity,
  fairnessGate,
  featureView,
  metricGate,
  model,
  observedLabel,
  regressionGate,
  segment,
  skewGate,
  sliceGate,
  source,
} from '#headgate';

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

/** What nobody may be judged by: no input of any model, and joined for evaluation alone. */
export const background = featureView({
  name: 'background',
  entity: person,
  source: census,
  features: { sex: column(), race: column() },
  ttl: null,
  owner,
});

const census50k = {
  owner,
  riskClass: 'limited' as const,
  entity: person,
  problem: 'binary' as const,
  label: observedLabel({ source: census, value: "income = '>50K'" }),
  features: [profile],
  segments: ['background:sex', 'background:race', segment('profile:age', { cuts: [25, 40, 60] })],
  split: { by: 'entity' as const, validationShare: 0.15, testShare: 0.25 },
  training: { hyperparameters: { num_round: 200, max_depth: 6, eta: 0.1, seed: 7 } },
};

const asGoodEverywhere = [
  metricGate({ metric: 'auc', atLeast: 0.9, minRows: 1000 }),
  metricGate({ metric: 'precision_at_k', k: 0.1, atLeast: 0.9, minRows: 1000 }),
  metricGate({ metric: 'calibration_error', atMost: 0.03, minRows: 1000 }),
  regressionGate({ metric: 'average_precision', margin: 0.01 }),
  sliceGate({ metric: 'auc', atLeast: 0.8, maxGap: 0.12, minRows: 200, onSmall: 'ignore' }),
  dataQualityGate({ minTrainRows: 10_000, maxMissingShare: 0.1, minShareOfLast: 0.8 }),
  skewGate({ maxMismatchShare: 0, within: '7d', minVectors: 20 }),
];

export const highIncome = model({
  ...census50k,
  name: 'high_income',
  purpose: 'The usual census exercise: income above 50,000 dollars',
  gates: asGoodEverywhere,
});

/** Just as good a model, of which it is asked besides that it treats men and women alike: it does not. */
export const highIncomeAlike = model({
  ...census50k,
  name: 'high_income_alike',
  purpose: 'The census exercise under a rule that men and women are chosen alike',
  gates: [
    ...asGoodEverywhere,
    fairnessGate({ attribute: 'background:sex', criterion: 'demographic_parity', measure: 'difference', limit: 0.1 }),
    fairnessGate({ attribute: 'background:race', criterion: 'equal_opportunity', measure: 'ratio', limit: 0.8 }),
  ],
});
