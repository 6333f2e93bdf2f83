import { memoryCheckpointLog } from '../memory/memory-checkpoint-log.ts';
import { memoryModelRegistry } from '../memory/memory-model-registry.ts';
import { type MemoryObjectStore, memoryObjectStore } from '../memory/memory-object-store.ts';
import { memoryOnlineStore } from '../memory/memory-online-store.ts';
import { memoryPredictionLedger } from '../memory/memory-prediction-ledger.ts';
import { memoryQualityLog } from '../memory/memory-quality-log.ts';
import { memoryRetrainingLog } from '../memory/memory-retraining-log.ts';
import { memoryTableLog } from '../memory/memory-table-log.ts';
import { memoryVersionRegistry } from '../memory/memory-version-registry.ts';
import { checkpointLogContract } from './checkpoint-log.contract.ts';
import { modelRegistryContract } from './model-registry.contract.ts';
import { objectStoreContract } from './object-store.contract.ts';
import { onlineStoreContract } from './online-store.contract.ts';
import { predictionLedgerContract } from './prediction-ledger.contract.ts';
import { qualityLogContract } from './quality-log.contract.ts';
import { retrainingLogContract } from './retraining-log.contract.ts';
import { rolloutRegistryContract } from './rollout-registry.contract.ts';
import { tableLogContract } from './table-log.contract.ts';
import { versionRegistryContract } from './version-registry.contract.ts';

tableLogContract('memory', memoryTableLog);
qualityLogContract('memory', memoryQualityLog);
onlineStoreContract('memory', () => memoryOnlineStore());
checkpointLogContract('memory', async () => memoryCheckpointLog());
modelRegistryContract('memory', memoryModelRegistry);
rolloutRegistryContract('memory', memoryModelRegistry);
retrainingLogContract('memory', async () => {
  const registry = memoryModelRegistry();
  return { log: memoryRetrainingLog(registry), registry };
});
versionRegistryContract('memory', async () => memoryVersionRegistry());
predictionLedgerContract('memory', memoryPredictionLedger);

let memory: MemoryObjectStore;
objectStoreContract(
  'memory',
  async () => {
    memory = memoryObjectStore();
    return { store: memory, bucket: 'bucket' };
  },
  async (_store, url, _headers, body) => {
    await memory.upload(url, body);
    return true;
  },
);
