import { describe, expect, it } from 'vitest';
import { referenceColumns } from '../../../core/drift/reference-columns.ts';
import { profileColumn, type ReferenceProfile } from '../../../core/training/reference-profile.ts';
import { sliceProfiles } from '../../../core/training/slice-profiles.ts';

const AGES = [20, 30, 40, null, 50, 60];
const COUNTRIES = ['DE', 'US', 'DE', 'DE', null, 'US'];
const inputs = [profileColumn('v:age', 'int64', AGES), profileColumn('v:country', 'string', COUNTRIES)];
const profile: ReferenceProfile = {
  schema: 'headgate.profile/v1',
  rows: 6,
  inputs,
  label: profileColumn('label', 'float64', [0, 1, 0, 1, 0, 1]),
};

describe('the reference of the inputs', () => {
  it('is what the profile counted of all rows, each of them one observation in profiles that do not say otherwise', () => {
    const [age, country] = referenceColumns(profile);
    expect(age).toMatchObject({ column: 'v:age', role: 'input', segment: null, bins: { kind: 'numeric' } });
    expect(age!.reference).toMatchObject({ rows: 6, effectiveRows: 6, other: 0, missing: 1 });
    expect(age!.reference.counts.reduce((sum, count) => sum + count, 0)).toBe(5);
    expect(country).toMatchObject({
      bins: { kind: 'categorical', categories: ['DE', 'US'], isComplete: true },
      reference: { counts: [3, 2], other: 0, missing: 1 },
    });
  });

  it('counts rows of one entity once', () => {
    expect(referenceColumns({ ...profile, effectiveRows: 2.5 })[0]!.reference.effectiveRows).toBe(2.5);
  });

  it('has the slices of the declared segments in the bins of all rows', () => {
    const segments = [{ segment: 'v:country', slices: ['DE', 'US', null], rows: [0, 1, 0, 0, 2, 1] }];
    const slices = sliceProfiles(inputs, [AGES, COUNTRIES], segments, ['a', 'a', 'a', 'b', 'c', 'd']);
    const columns = referenceColumns({ ...profile, slices });
    expect(columns.map(({ column, segment }) => `${column} ${segment}`)).toEqual([
      'v:age null',
      'v:country null',
      'v:age v:country = DE',
      'v:country v:country = DE',
      'v:age v:country = US',
      'v:country v:country = US',
      'v:age v:country is missing',
      'v:country v:country is missing',
    ]);
    expect(columns[2]!.bins).toEqual(columns[0]!.bins);
    expect(columns[2]!.reference).toMatchObject({ rows: 3, effectiveRows: 9 / 5, missing: 1 });
    expect(columns[5]!.reference.counts).toEqual([0, 2]);
  });

  it('has one bin for a column without a value', () => {
    const empty = { ...profile, inputs: [profileColumn('v:f', 'float64', [null, null, null, null, null, null])] };
    expect(referenceColumns(empty)[0]).toMatchObject({
      bins: { kind: 'numeric', edges: [] },
      reference: { counts: [0], missing: 6 },
    });
  });

  it('lists the first hundred categories of a slice alone', () => {
    const names = Array.from({ length: 150 }, (_, i) => `c${i}`);
    const column = profileColumn('v:c', 'string', names);
    const slices = sliceProfiles(
      [column],
      [names],
      [{ segment: 'v:s', slices: ['x'], rows: names.map(() => 0) }],
      names,
    );
    const [whole, slice] = referenceColumns({ ...profile, rows: 150, inputs: [column], slices });
    expect(whole!.bins).toMatchObject({ isComplete: true });
    expect(slice!.bins).toMatchObject({ isComplete: false });
    expect(slice!.reference).toMatchObject({ rows: 150, other: 50 });
    expect(slice!.reference.counts).toHaveLength(100);
  });
});
