import { createHash } from 'node:crypto';
import type { Caller } from '../service.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The access key of the person at the laptop, who may do everything. It opens nothing but a region on 127.0.0.1. */
export const PERSON_CREDENTIALS: Credentials = {
  accessKeyId: 'AKIAHEADGATELAPTOP00',
  secretAccessKey: 'headgate-laptop-region-opens-nothing-els',
};

export function personCaller(accountId: string): Caller {
  return { accessKeyId: PERSON_CREDENTIALS.accessKeyId, principalArn: `arn:aws:iam::${accountId}:root` };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The access key of a role: the same at every start, another for every role. */
export function roleCredentials(roleArn: string): Credentials {
  const idHash = createHash('sha256').update(`id of ${roleArn}`).digest();
  const secretHash = createHash('sha256').update(`secret of ${roleArn}`).digest('base64');
  return {
    accessKeyId: `AKIA${[...idHash.subarray(0, 16)].map((byte) => BASE32[byte % 32]).join('')}`,
    secretAccessKey: secretHash.slice(0, 40),
  };
}
