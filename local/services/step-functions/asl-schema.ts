import * as z from 'zod';

/**
 * The states of a JSONata machine, field by field. Strict: a JSONPath field (`Parameters`, `ResultPath`) or one the
 * laptop cannot run is refused when the machine is brought up. Nested scopes are read by `parseDefinition`.
 */

const expression = z.string().regex(/^\{%[\s\S]*%\}$/, { error: 'expected a JSONata expression between {% and %}' });
const numberOf = (number: z.ZodNumber) => z.union([number, expression]);
const wholeNumber = z.number().int();
/** Any JSON, in which strings between `{%` and `%}` are expressions. */
const template = z.unknown();
const assign = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,79}$/), template);
const errorEquals = z.array(z.string().min(1)).min(1);

const Retrier = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorEquals,
  IntervalSeconds: wholeNumber.min(1).max(99_999_999).default(1),
  MaxAttempts: wholeNumber.min(0).max(99_999_999).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: wholeNumber.min(1).max(31_622_400).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
});

const Catcher = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorEquals,
  Next: z.string(),
  Assign: assign.optional(),
  Output: template.optional(),
});

const common = {
  Comment: z.string().optional(),
  QueryLanguage: z.literal('JSONata', { error: 'only JSONata is run on the laptop' }).optional(),
  Assign: assign.optional(),
  Output: template.optional(),
};
const flow = { Next: z.string().optional(), End: z.literal(true).optional() };
const recovery = { Retry: z.array(Retrier).default([]), Catch: z.array(Catcher).default([]) };

const TaskState = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  ...flow,
  ...recovery,
  Resource: z.string(),
  Arguments: template.optional(),
  TimeoutSeconds: numberOf(wholeNumber.min(1).max(99_999_999)).optional(),
  HeartbeatSeconds: numberOf(wholeNumber.min(1).max(99_999_999)).optional(),
});

const ChoiceState = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  Choices: z
    .array(
      z.strictObject({
        Comment: z.string().optional(),
        Condition: z.union([z.boolean(), expression]),
        Next: z.string(),
        Assign: assign.optional(),
        Output: template.optional(),
      }),
    )
    .min(1),
  Default: z.string().optional(),
});

const WaitState = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  ...flow,
  Seconds: numberOf(wholeNumber.min(0).max(99_999_999)).optional(),
  Timestamp: z.string().optional(),
});

const ParallelState = z.strictObject({
  Type: z.literal('Parallel'),
  ...common,
  ...flow,
  ...recovery,
  Arguments: template.optional(),
  Branches: z.array(z.unknown()).min(1),
});

const ItemReader = z.strictObject({
  Resource: z.enum(['arn:aws:states:::s3:getObject', 'arn:aws:states:::s3:listObjectsV2']),
  ReaderConfig: z
    .strictObject({
      InputType: z.enum(['CSV', 'JSON', 'JSONL']).optional(),
      CSVHeaderLocation: z.enum(['FIRST_ROW', 'GIVEN']).optional(),
      CSVHeaders: z.array(z.string()).optional(),
      CSVDelimiter: z.enum(['COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB']).optional(),
      MaxItems: numberOf(wholeNumber.min(1)).optional(),
    })
    .optional(),
  Arguments: z.record(z.string(), template),
});

const MapState = z.strictObject({
  Type: z.literal('Map'),
  ...common,
  ...flow,
  ...recovery,
  Label: z.string().max(40).optional(),
  Items: z.union([z.array(template), expression]).optional(),
  ItemReader: ItemReader.optional(),
  ItemSelector: template.optional(),
  ItemBatcher: z
    .strictObject({
      BatchInput: template.optional(),
      MaxItemsPerBatch: numberOf(wholeNumber.min(1)).optional(),
      MaxInputBytesPerBatch: numberOf(wholeNumber.min(1).max(262_144)).optional(),
    })
    .optional(),
  ItemProcessor: z.looseObject({
    ProcessorConfig: z
      .strictObject({
        Mode: z.enum(['INLINE', 'DISTRIBUTED']).default('INLINE'),
        ExecutionType: z.enum(['STANDARD', 'EXPRESS']).optional(),
      })
      .default({ Mode: 'INLINE' }),
  }),
  MaxConcurrency: numberOf(wholeNumber.min(0)).optional(),
  ToleratedFailurePercentage: numberOf(z.number().min(0).max(100)).optional(),
  ToleratedFailureCount: numberOf(wholeNumber.min(0)).optional(),
});

const PassState = z.strictObject({ Type: z.literal('Pass'), ...common, ...flow });
const SucceedState = z.strictObject({
  Type: z.literal('Succeed'),
  Comment: z.string().optional(),
  QueryLanguage: common.QueryLanguage,
  Output: template.optional(),
});
const FailState = z.strictObject({
  Type: z.literal('Fail'),
  Comment: z.string().optional(),
  QueryLanguage: common.QueryLanguage,
  Error: z.string().optional(),
  Cause: z.string().optional(),
});

export const StateSchema = z.discriminatedUnion('Type', [
  TaskState,
  ChoiceState,
  WaitState,
  ParallelState,
  MapState,
  PassState,
  SucceedState,
  FailState,
]);

export const MachineSchema = z.strictObject({
  Comment: z.string().optional(),
  QueryLanguage: z.enum(['JSONata', 'JSONPath']).optional(),
  Version: z.literal('1.0').optional(),
  TimeoutSeconds: wholeNumber.min(1).max(99_999_999).optional(),
  StartAt: z.string(),
  States: z.record(z.string().min(1).max(80), z.unknown()),
});

/** A nested scope has no query language, version or timeout of its own. */
export const ScopeSchema = z.strictObject({
  Comment: z.string().optional(),
  ProcessorConfig: z.unknown().optional(),
  StartAt: z.string(),
  States: z.record(z.string().min(1).max(80), z.unknown()),
});

export type Retrier = z.infer<typeof Retrier>;
export type Catcher = z.infer<typeof Catcher>;
export type TaskState = z.infer<typeof TaskState>;
export type ChoiceState = z.infer<typeof ChoiceState>;
export type WaitState = z.infer<typeof WaitState>;
export type ParallelState = Omit<z.infer<typeof ParallelState>, 'Branches'> & { readonly branches: readonly Scope[] };
export type MapState = z.infer<typeof MapState> & { readonly processor: Scope };
export type ItemReader = z.infer<typeof ItemReader>;
export type State =
  | TaskState
  | ChoiceState
  | WaitState
  | ParallelState
  | MapState
  | z.infer<typeof PassState>
  | z.infer<typeof SucceedState>
  | z.infer<typeof FailState>;

/** States that run after one another and see the same variables. */
export interface Scope {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

export interface Definition extends Scope {
  readonly timeoutSeconds?: number;
}
