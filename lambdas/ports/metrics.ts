/** Where numbers about the platform go that dashboards and alarms read. */
export interface Metrics {
  /**
   * Written at least once; nothing depends on it. Each number is kept under every one of the dimension sets, which
   * name dimensions of the record; an empty set is the number of the whole stage.
   */
  put(record: MetricRecord): void;
}

export interface MetricRecord {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly dimensionSets: readonly (readonly string[])[];
  readonly values: Readonly<Record<string, number>>;
  readonly unit: 'Count' | 'Milliseconds' | 'None';
}
