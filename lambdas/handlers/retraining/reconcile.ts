import middy from '@middy/core';
import { ReconcileRetrainingsRequest } from '../../../contracts/retraining.ts';
import {
  type ReconcileRetrainingsDeps,
  reconcileRetrainings,
} from '../../use-cases/retraining/reconcile-retrainings.ts';

export function makeReconcileRetrainings(deps: ReconcileRetrainingsDeps) {
  return middy(async (event: unknown) => reconcileRetrainings(deps, ReconcileRetrainingsRequest.parse(event)));
}
