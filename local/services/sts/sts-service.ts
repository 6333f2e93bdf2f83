import { escapeXml } from '../../http/error-document.ts';
import { AwsError, type Caller, type LocalService, type Region } from '../../service.ts';

/** STS answers one question here: who am I. Roles are not assumed over HTTP; functions get their role's key. */
export function makeStsService(region: Region): LocalService {
  return {
    signingNames: ['sts'],
    operations: { GetCallerIdentity: async (_, caller) => identityOf(caller, region) },
    handle: async (request) => {
      const action = new URLSearchParams(Buffer.from(request.body).toString('utf8')).get('Action');
      if (action !== 'GetCallerIdentity') {
        throw new AwsError(
          'InvalidAction',
          `the laptop region's STS has no action "${action}"; it has GetCallerIdentity`,
        );
      }
      const fields = Object.entries(identityOf(request.caller, region)).map(
        ([name, value]) => `<${name}>${escapeXml(value)}</${name}>`,
      );
      const result = `<GetCallerIdentityResult>${fields.join('')}</GetCallerIdentityResult>`;
      return {
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${result}</GetCallerIdentityResponse>`,
      };
    },
  };
}

function identityOf(caller: Caller, region: Region): Record<'Account' | 'Arn' | 'UserId', string> {
  return { Account: region.accountId, Arn: caller.principalArn, UserId: caller.accessKeyId };
}
