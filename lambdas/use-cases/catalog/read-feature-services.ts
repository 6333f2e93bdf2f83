import type { FeatureServiceListResponse } from '../../../contracts/api/catalog.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';

export function listFeatureServices({ featureServices }: Definitions): FeatureServiceListResponse {
  return {
    featureServices: featureServices.map(({ name, features, aliases, description, owner }) => ({
      name,
      features: features.map(({ view, feature }) => `${view}:${feature}`),
      aliases: aliases.map((alias) => ({ ...alias, joinKeys: [...alias.joinKeys] })),
      description,
      owner,
    })),
  };
}
