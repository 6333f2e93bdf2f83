import type { Flow } from '../contracts/flows.ts';
import type { FunctionName } from './functions.ts';

/** Functions that each state machine invokes, by the placeholder that stands for them in state-machines/<flow>.asl.json. */
export const FLOW_FUNCTIONS = {
  ingest: {
    LoadFileFunctionArn: 'ingestion/load-file',
    AbandonRunFunctionArn: 'tables/abandon-run',
  },
  'ingest-table': {
    PlanFunctionArn: 'ingestion/plan-table',
    LoadTableFunctionArn: 'ingestion/load-table',
    AbandonRunFunctionArn: 'tables/abandon-run',
  },
  materialize: {
    PlanFunctionArn: 'materialization/plan',
    CheckFunctionArn: 'materialization/check',
    CommitFunctionArn: 'materialization/commit',
    WriteOnlineFunctionArn: 'materialization/write-online',
    AbandonRunFunctionArn: 'tables/abandon-run',
  },
  train: {
    PlanFunctionArn: 'training/plan',
    SealFunctionArn: 'training/seal',
    PrepareEvaluationFunctionArn: 'training/prepare-evaluation',
    RegisterReleaseFunctionArn: 'training/register-release',
    MeasureLeakFunctionArn: 'training/measure-leak',
  },
  rollout: {
    BeginFunctionArn: 'rollout/begin',
    AdvanceFunctionArn: 'rollout/advance',
    PointEndpointFunctionArn: 'rollout/point-endpoint',
    ReplayFunctionArn: 'rollout/replay',
    AskApprovalFunctionArn: 'rollout/ask-approval',
  },
  'training-set': {
    PlanFunctionArn: 'training-sets/plan',
    SealFunctionArn: 'training-sets/seal',
  },
  reconcile: {
    ResumeRolloutsFunctionArn: 'rollout/resume',
    SurveyFunctionArn: 'versions/survey',
    SweepFunctionArn: 'versions/sweep',
    EndRetirementFunctionArn: 'versions/end-retirement',
  },
  'skew-audit': {
    PlanFunctionArn: 'skew/plan',
    PrepareFunctionArn: 'skew/prepare',
    JudgeFunctionArn: 'skew/judge',
  },
  'batch-predict': {
    PlanFunctionArn: 'batch/plan',
    PrepareFunctionArn: 'batch/prepare',
    EncodeFunctionArn: 'batch/encode',
    CollectFunctionArn: 'batch/collect',
    PublishFunctionArn: 'batch/publish',
    FinishFunctionArn: 'batch/finish',
    AbandonFunctionArn: 'batch/abandon',
  },
  'drift-scan': {
    PlanFunctionArn: 'drift/plan',
    JudgeFunctionArn: 'drift/judge',
    RetrainFunctionArn: 'retraining/advance',
  },
} as const satisfies Readonly<Record<Flow, Readonly<Record<string, FunctionName>>>>;

/** `training-set` as a construct id: `TrainingSet`. */
export function flowId(flow: Flow): string {
  return flow
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
