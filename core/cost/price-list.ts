import list from './prices.json' with { type: 'json' };

/** Prices of one region in US dollars. */
export interface RegionPrices {
  readonly services: ServicePrices;
  /** Of one instance and hour, by SageMaker instance type. */
  readonly hostingPerHour: Readonly<Record<string, number>>;
}

export type ServicePrices = (typeof list.regions)['us-east-1']['services'];

/** When the list was read, and so how old what is computed from it is; ISO 8601 date. */
export const PRICES_READ_ON = list.readOn;

/** Null for a region the list does not have. */
export function pricesIn(region: string): RegionPrices | null {
  const regions: Readonly<Record<string, RegionPrices>> = list.regions;
  return Object.hasOwn(regions, region) ? regions[region]! : null;
}
