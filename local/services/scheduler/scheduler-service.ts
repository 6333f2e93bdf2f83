import * as z from 'zod';
import {
  AwsError,
  type AwsRequest,
  type Caller,
  type LocalService,
  type Operation,
  type Region,
} from '../../service.ts';
import { page } from '../page.ts';
import { readInput, readProperties, templateTags } from '../read-document.ts';
import { ScheduleDocument } from './schedule-document.ts';
import { type ScheduleRecord, Schedules } from './schedules.ts';

const TemplateSchedule = ScheduleDocument.extend({ Name: ScheduleDocument.shape.Name.optional() });
const TemplateGroup = z.strictObject({ Name: z.string().optional(), Tags: templateTags });
const ApiSchedule = z.object(ScheduleDocument.shape);
const ByName = z.object({ Name: z.string(), GroupName: z.string().default('default') });
const List = z.object({
  GroupName: z.string().optional(),
  NamePrefix: z.string().default(''),
  State: z.enum(['ENABLED', 'DISABLED']).optional(),
  MaxResults: z.coerce.number().int().min(1).max(100).default(100),
  NextToken: z.string().optional(),
});

/** EventBridge Scheduler on the laptop. Every target has a role, as which the call is made. */
export function makeSchedulerService(region: Region): LocalService {
  const schedules = new Schedules(region);
  const operations = schedulerOperations(region, schedules);
  return {
    signingNames: ['scheduler'],
    operations,
    handle: async (request) => {
      const { operation, input } = route(request);
      const answer = await operations[operation]!(input, request.caller); // route names only operations that exist
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
    },
    resources: {
      'AWS::Scheduler::Schedule': {
        provision: async (request) => {
          const { Name = request.generatedName, ...rest } = readProperties(
            TemplateSchedule,
            request,
            'AWS::Scheduler::Schedule',
          );
          const document = { ...rest, Name };
          schedules.put(document);
          return { ref: Name, attributes: { Arn: schedules.arnOf(document) } };
        },
        remove: async ({ ref, properties }) => {
          schedules.delete({ Name: ref, GroupName: String(properties['GroupName'] ?? 'default') });
        },
      },
      'AWS::Scheduler::ScheduleGroup': {
        provision: async (request) => {
          const properties = readProperties(TemplateGroup, request, 'AWS::Scheduler::ScheduleGroup');
          const name = properties.Name ?? request.generatedName;
          schedules.groups.add(name);
          const arn = `arn:aws:scheduler:${region.regionName}:${region.accountId}:schedule-group/${name}`;
          return { ref: name, attributes: { Arn: arn, State: 'ACTIVE' } };
        },
      },
    },
    resume: async () => schedules.resume(),
    stop: () => schedules.stop(),
  };
}

function schedulerOperations(region: Region, schedules: Schedules): Readonly<Record<string, Operation>> {
  const find = (input: unknown, caller: Caller, action: string): ScheduleRecord => {
    const name = readInput(ByName, input);
    region.authorize(caller, `scheduler:${action}`, schedules.arnOf(name));
    const record = schedules.find(name.GroupName, name.Name);
    if (record === undefined) {
      throw new AwsError('ResourceNotFoundException', `Schedule ${name.Name} does not exist.`, 404);
    }
    return record;
  };
  const passRole = (caller: Caller, document: ScheduleDocument) =>
    region.authorize(caller, 'iam:PassRole', document.Target.RoleArn, {
      'iam:PassedToService': 'scheduler.amazonaws.com',
    });
  return {
    CreateSchedule: async (input, caller) => {
      const document = readInput(ApiSchedule, input);
      region.authorize(caller, 'scheduler:CreateSchedule', schedules.arnOf(document));
      passRole(caller, document);
      if (schedules.find(document.GroupName, document.Name) !== undefined) {
        throw new AwsError('ConflictException', `Schedule ${document.Name} already exists.`, 409);
      }
      schedules.put(document);
      return { ScheduleArn: schedules.arnOf(document) };
    },
    UpdateSchedule: async (input, caller) => {
      find(input, caller, 'UpdateSchedule');
      const document = readInput(ApiSchedule, input);
      passRole(caller, document);
      schedules.put(document);
      return { ScheduleArn: schedules.arnOf(document) };
    },
    DeleteSchedule: async (input, caller) => {
      schedules.delete(find(input, caller, 'DeleteSchedule').document);
      return {};
    },
    GetSchedule: async (input, caller) => {
      const record = find(input, caller, 'GetSchedule');
      const { StartDate, EndDate, ...document } = record.document;
      return {
        ...document,
        Arn: schedules.arnOf(document),
        ...(StartDate === undefined ? {} : { StartDate: Date.parse(StartDate) / 1000 }),
        ...(EndDate === undefined ? {} : { EndDate: Date.parse(EndDate) / 1000 }),
        CreationDate: record.createdAtMs / 1000,
        LastModificationDate: record.changedAtMs / 1000,
      };
    },
    ListSchedules: async (input, caller) => {
      const request = readInput(List, input);
      region.authorize(caller, 'scheduler:ListSchedules', '*');
      const found = schedules.list().filter(({ document }) => {
        if (request.GroupName !== undefined && document.GroupName !== request.GroupName) return false;
        if (request.State !== undefined && document.State !== request.State) return false;
        return document.Name.startsWith(request.NamePrefix);
      });
      const { items, nextToken } = page(found, request.MaxResults, request.NextToken, 'ValidationException');
      return {
        Schedules: items.map(({ document, createdAtMs, changedAtMs }) => ({
          Arn: schedules.arnOf(document),
          Name: document.Name,
          GroupName: document.GroupName,
          State: document.State,
          Target: { Arn: document.Target.Arn },
          CreationDate: createdAtMs / 1000,
          LastModificationDate: changedAtMs / 1000,
        })),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
  };
}

const BY_METHOD: Readonly<Record<string, string>> = {
  POST: 'CreateSchedule',
  GET: 'GetSchedule',
  PUT: 'UpdateSchedule',
  DELETE: 'DeleteSchedule',
};

/** The REST form: `/schedules` and `/schedules/<name>`. */
function route(request: AwsRequest): { readonly operation: string; readonly input: Record<string, unknown> } {
  const [, name] = /^\/schedules(?:\/([^/]+))?$/.exec(request.path) ?? [null];
  if (name === null || (name === undefined && request.method !== 'GET')) {
    throw new AwsError(
      'UnknownOperationException',
      `${request.method} ${request.path} is not served on the laptop`,
      404,
    );
  }
  const { query } = request;
  if (name === undefined) {
    const members = {
      ScheduleGroup: 'GroupName',
      NamePrefix: 'NamePrefix',
      State: 'State',
      MaxResults: 'MaxResults',
      NextToken: 'NextToken',
    };
    const input = Object.entries(members).flatMap(([from, to]) => {
      const value = query.get(from);
      return value === null ? [] : [[to, value]];
    });
    return { operation: 'ListSchedules', input: Object.fromEntries(input) };
  }
  const operation = BY_METHOD[request.method];
  if (operation === undefined)
    throw new AwsError('UnknownOperationException', `${request.method} is not allowed here`, 405);
  const text = Buffer.from(request.body).toString('utf8');
  const body: unknown = text === '' ? {} : JSON.parse(text);
  const groupName = query.get('groupName');
  return {
    operation,
    input: {
      ...(typeof body === 'object' ? body : {}),
      Name: decodeURIComponent(name),
      ...(groupName === null ? {} : { GroupName: groupName }),
    },
  };
}
