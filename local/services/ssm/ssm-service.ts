import * as z from 'zod';
import { AwsError, type Caller, type LocalService, type Operation, type Region } from '../../service.ts';
import { page } from '../page.ts';
import { readInput, readProperties, templateTags } from '../read-document.ts';

interface Parameter {
  readonly name: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly version: number;
  readonly changedAtMs: number;
}

const PARAMETERS = 'parameters';
const MAX_VALUE_BYTES = 8_192;

const Properties = z.strictObject({
  Name: z.string().optional(),
  Type: z.enum(['String', 'StringList']),
  Value: z.string(),
  Description: z.string().optional(),
  AllowedPattern: z.string().optional(),
  DataType: z.enum(['text', 'aws:ec2:image']).optional(),
  Tier: z.enum(['Standard', 'Advanced', 'Intelligent-Tiering']).optional(),
  Policies: z.undefined('parameter policies are not supported by the laptop region').optional(),
  Tags: templateTags,
});
const Get = z.object({ Name: z.string() });
const GetMany = z.object({ Names: z.array(z.string()).min(1).max(10) });
const GetByPath = z.object({
  Path: z.string().regex(/^\//),
  Recursive: z.boolean().default(false),
  MaxResults: z.number().int().min(1).max(10).default(10),
  NextToken: z.string().optional(),
});
const Put = z.object({
  Name: z.string().regex(/^[A-Za-z0-9_.\-/]{1,1011}$/),
  Value: z.string(),
  Type: z.enum(['String', 'StringList', 'SecureString']).optional(),
  Overwrite: z.boolean().default(false),
});

/** SSM Parameter Store on the laptop. A SecureString is stored as it is: the laptop's disk is its owner's. */
export function makeSsmService(region: Region): LocalService {
  const store = region.store('ssm');
  const arnOf = (name: string) =>
    `arn:aws:ssm:${region.regionName}:${region.accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
  const find = (name: string) => store.get<Parameter>(PARAMETERS, name);
  const save = (given: Omit<Parameter, 'version' | 'changedAtMs'>): Parameter => {
    const sizeBytes = Buffer.byteLength(given.value);
    if (sizeBytes > MAX_VALUE_BYTES) {
      throw new AwsError('ValidationException', `a value of ${sizeBytes} bytes is over ${MAX_VALUE_BYTES}`);
    }
    const before = find(given.name);
    const isSame = before?.value === given.value && before.type === given.type;
    if (before !== undefined && isSame) return before;
    const changedAtMs = region.clock.now().getTime();
    const parameter: Parameter = { ...given, version: (before?.version ?? 0) + 1, changedAtMs };
    store.put(PARAMETERS, given.name, parameter);
    return parameter;
  };
  const document = (parameter: Parameter) => ({
    Name: parameter.name,
    Type: parameter.type,
    Value: parameter.value,
    Version: parameter.version,
    LastModifiedDate: parameter.changedAtMs / 1000,
    ARN: arnOf(parameter.name),
    DataType: 'text',
  });

  const GetParameter: Operation = async (input, caller) => {
    const { Name } = readInput(Get, input);
    const name = nameOf(Name);
    region.authorize(caller, 'ssm:GetParameter', arnOf(name));
    const parameter = find(name);
    if (parameter === undefined) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
    return { Parameter: document(parameter) };
  };
  const GetParameters: Operation = async (input, caller) => {
    const names = readInput(GetMany, input).Names.map(nameOf);
    for (const name of names) region.authorize(caller, 'ssm:GetParameters', arnOf(name));
    const found = names.flatMap((name) => find(name) ?? []);
    return {
      Parameters: found.map(document),
      InvalidParameters: names.filter((name) => find(name) === undefined),
    };
  };
  const GetParametersByPath: Operation = async (input, caller: Caller) => {
    const request = readInput(GetByPath, input);
    const prefix = request.Path.endsWith('/') ? request.Path : `${request.Path}/`;
    region.authorize(caller, 'ssm:GetParametersByPath', arnOf(request.Path));
    const below = store
      .list<Parameter>(PARAMETERS)
      .map(({ value }) => value)
      .filter(({ name }) => name.startsWith(prefix))
      .filter(({ name }) => request.Recursive || !name.slice(prefix.length).includes('/'));
    const { items, nextToken } = page(below, request.MaxResults, request.NextToken, 'InvalidNextToken');
    return { Parameters: items.map(document), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
  };
  const PutParameter: Operation = async (input, caller) => {
    const { Name, Value, Type, Overwrite } = readInput(Put, input);
    region.authorize(caller, 'ssm:PutParameter', arnOf(Name));
    const before = find(Name);
    if (before !== undefined && !Overwrite) {
      throw new AwsError('ParameterAlreadyExists', 'The parameter already exists. To overwrite it, set Overwrite.');
    }
    const type = Type ?? before?.type;
    if (type === undefined) throw new AwsError('ValidationException', 'A parameter type is required.');
    return { Version: save({ name: Name, type, value: Value }).version, Tier: 'Standard' };
  };

  return {
    signingNames: ['ssm'],
    operations: { GetParameter, GetParameters, GetParametersByPath, PutParameter },
    resources: {
      'AWS::SSM::Parameter': {
        provision: async (request) => {
          const {
            Name = request.generatedName,
            Type,
            Value,
          } = readProperties(Properties, request, 'AWS::SSM::Parameter');
          save({ name: Name, type: Type, value: Value });
          return { ref: Name, attributes: { Type, Value } };
        },
        remove: async ({ ref }) => store.delete(PARAMETERS, ref),
      },
    },
  };
}

/** Callers may give an ARN where a name is asked for. */
function nameOf(nameOrArn: string): string {
  const name = /^arn:aws[a-z-]*:ssm:[^:]*:[^:]*:parameter(\/.*)$/.exec(nameOrArn)?.[1] ?? nameOrArn;
  return name;
}
