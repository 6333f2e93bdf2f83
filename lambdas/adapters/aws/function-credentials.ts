/**
 * The one place where a function's credentials are: its environment, where Lambda puts those of its role. The bundler
 * puts this in the place of the SDK's `@aws-sdk/credential-provider-node`, whose other sources (profiles, single
 * sign-on, instance metadata) no function has, and which would be a sixth of the bundle that predictions start from.
 */
export function defaultProvider() {
  return async () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (accessKeyId === undefined || secretAccessKey === undefined) {
      throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not in the environment; Lambda sets them');
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  };
}
