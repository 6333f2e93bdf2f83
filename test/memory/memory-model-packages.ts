import type { ModelPackage, ModelPackages, WantedPackage } from '../../lambdas/ports/model-packages.ts';

export interface MemoryModelPackages extends ModelPackages {
  /** Every package in the order of its making. */
  made(): readonly WantedPackage[];
}

export function memoryModelPackages(imageDigest: string | null = null): MemoryModelPackages {
  const packages = new Map<string, { readonly wanted: WantedPackage; readonly kept: ModelPackage }>();
  return {
    made: () => [...packages.values()].map(({ wanted }) => wanted),
    async keep(wanted) {
      const version = packages.size + 1;
      const arn = `arn:aws:sagemaker:us-east-1:000000000000:model-package/${wanted.group}/${version}`;
      const found = packages.get(wanted.releaseId) ?? { wanted, kept: { arn, imageDigest } };
      packages.set(wanted.releaseId, found);
      return found.kept;
    },
  };
}
