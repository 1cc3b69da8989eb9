import { at, type JsonDocument } from '../../json/json.ts';
import { mayHoldSecrets, secretsBelow } from '../secret-names.ts';
import type { SecretPath } from '../source.ts';

/**
 * Members of a record whose values are secrets. AWS hides most of these itself, but not in every service, not in
 * every version of a service, and never in environments that people fill with what they like.
 */
export const SECRET_PATHS: readonly SecretPath[] = [
  // Credentials that a call issued. Access key ids stay: they are names, and sessions are joined by them.
  ...response('credentials.sessionToken', 'credentials.secretAccessKey', 'credentials.SessionToken'),
  ...response('credentials.SecretAccessKey', 'accessKey.secretAccessKey', 'accessKey.SecretAccessKey'),
  ...response('roleCredentials.sessionToken', 'roleCredentials.secretAccessKey'),
  ...response(
    'serviceSpecificCredential.servicePassword',
    'serviceSpecificCredential.serviceCredentialSecret',
  ),
  ...response('resetServiceSpecificCredential.servicePassword', 'virtualMFADevice.base32StringSeed'),
  ...response(
    'virtualMFADevice.qRCodePNG',
    'keyMaterial',
    'keyPair.privateKey',
    'passwordData',
    'privateKey',
  ),
  ...response(
    'authorizationToken',
    'authorizationData.*.authorizationToken',
    'accessToken',
    'idToken',
    'refreshToken',
  ),
  ...response(
    'secretString',
    'SecretString',
    'secretBinary',
    'SecretBinary',
    'randomPassword',
    'RandomPassword',
  ),
  ...response(
    'parameter.value',
    'parameters.*.value',
    'plaintext',
    'SigninToken',
    'signinToken',
    'clientSecret',
  ),
  ...response(
    'vpnConnection.customerGatewayConfiguration',
    'vpnConnection.options.tunnelOptionSet.*.preSharedKey',
  ),
  ...response('value', 'authenticationResult.accessToken', 'authenticationResult.idToken'),
  ...response('authenticationResult.refreshToken', 'userPoolClient.clientSecret', 'presignedUrl'),

  // Passwords and tokens that a caller handed over.
  ...request(
    'password',
    'Password',
    'newPassword',
    'NewPassword',
    'oldPassword',
    'OldPassword',
    'userPassword',
  ),
  ...request('masterUserPassword', 'MasterUserPassword', 'adminUserPassword', 'tdeCredentialPassword'),
  ...request('temporaryPassword', 'previousPassword', 'proposedPassword', 'authToken', 'authParameters.*'),
  ...request('secretString', 'SecretString', 'secretBinary', 'SecretBinary', 'clientSecret', 'deviceCode'),
  ...request('webIdentityToken', 'sAMLAssertion', 'SAMLAssertion', 'tokenCode', 'assertion', 'subjectToken'),
  ...request('accessToken', 'refreshToken', 'idToken', 'token', 'apiKey', 'secretHash', 'rotationToken'),
  ...request(
    'secretAccessKey',
    'sessionToken',
    'privateKey',
    'keyMaterial',
    'plaintext',
    'oAuthToken',
    'oauthToken',
  ),
  ...request('X-Amz-Security-Token', 'X-Amz-Signature', 'x-amz-security-token', 'x-amz-signature'),
  ...request(
    'x-amz-server-side-encryption-customer-key',
    'x-amz-copy-source-server-side-encryption-customer-key',
  ),
  ...request('users.*.password', 'user.password', 'endpointConfiguration.password', 'credentials.password'),
  ...request(
    'connectionInput.connectionProperties.PASSWORD',
    'webhook.authenticationConfiguration.secretToken',
  ),
  ...request(
    'pipeline.stages.*.actions.*.configuration.OAuthToken',
    'authenticationConfiguration.secretToken',
  ),
  ...request('options.tunnelOptions.*.preSharedKey', 'vpnTunnelOptionsSpecification.preSharedKey'),

  // Free text in which people keep secrets: values of parameters, environments, start-up scripts. CloudFormation's
  // parameters are left: it hides those that its templates call secret.
  ...request('value'),
  ...request('userData', 'userData.value', 'UserData', 'launchTemplateData.userData'),
  ...request('CreateLaunchTemplateRequest.LaunchTemplateData.UserData'),
  ...request('CreateLaunchTemplateVersionRequest.LaunchTemplateData.UserData'),
  ...request('environment.variables.*', 'environment.Variables.*', 'environmentVariables.*'),
  ...request('environment.environmentVariables.*.value', 'environmentVariablesOverride.*.value'),
  ...request('containerDefinitions.*.environment.*.value', 'containerProperties.environment.*.value'),
  ...request('overrides.containerOverrides.*.environment.*.value', 'containerOverrides.environment.*.value'),
  ...request('sourceConfiguration.imageRepository.imageConfiguration.runtimeEnvironmentVariables.*'),
  ...request('optionSettings.*.value'),
  ...response('environment.variables.*', 'environment.Variables.*', 'app.environmentVariables.*'),
  ...response(
    'project.environment.environmentVariables.*.value',
    'build.environment.environmentVariables.*.value',
  ),
  ...response('taskDefinition.containerDefinitions.*.environment.*.value'),
  ...response('tasks.*.overrides.containerOverrides.*.environment.*.value'),
];

/** Secrets that no list foresees, told by the names of their members: AWS has fifteen thousand operations. */
export function secretsIn(record: JsonDocument, marks?: number): readonly SecretPath[] {
  if (!mayHoldSecrets(record.text, marks)) return [];
  const bodies = ['requestParameters', 'responseElements', 'additionalEventData'] as const;
  return bodies.flatMap((name) => secretsBelow(at(record.value, name), [name]));
}

function request(...paths: readonly string[]): readonly SecretPath[] {
  return under('requestParameters', paths);
}

function response(...paths: readonly string[]): readonly SecretPath[] {
  return under('responseElements', paths);
}

function under(root: string, paths: readonly string[]): readonly SecretPath[] {
  return paths.map((path) => [root, ...path.split('.')]);
}
