/** Rows by service. A Map, because the service is the caller's word, and `constructor` is one too. */
export type ResourceTable = ReadonlyMap<string, readonly (readonly [parameter: string, type: string])[]>;

/**
 * Which parameters of a service's operations name a resource, and of what type (CloudFormation's type names). The
 * first row of a service that is present is the resource that people would say the call was about.
 */
export const RESOURCE_PARAMETERS: ResourceTable = table({
  acm: [['certificateArn', 'AWS::CertificateManager::Certificate']],
  apigateway: [['restApiId', 'AWS::ApiGateway::RestApi']],
  athena: [['workGroup', 'AWS::Athena::WorkGroup']],
  cloudformation: [
    ['stackName', 'AWS::CloudFormation::Stack'],
    ['stackId', 'AWS::CloudFormation::Stack'],
    ['changeSetName', 'AWS::CloudFormation::ChangeSet'],
    ['stackSetName', 'AWS::CloudFormation::StackSet'],
  ],
  cloudtrail: [
    ['name', 'AWS::CloudTrail::Trail'],
    ['trailName', 'AWS::CloudTrail::Trail'],
    ['trailARN', 'AWS::CloudTrail::Trail'],
    ['eventDataStore', 'AWS::CloudTrail::EventDataStore'],
  ],
  codebuild: [
    ['projectName', 'AWS::CodeBuild::Project'],
    ['projectArn', 'AWS::CodeBuild::Project'],
    ['name', 'AWS::CodeBuild::Project'],
    ['id', 'AWS::CodeBuild::Build'],
  ],
  codedeploy: [
    ['applicationName', 'AWS::CodeDeploy::Application'],
    ['deploymentGroupName', 'AWS::CodeDeploy::DeploymentGroup'],
    ['deploymentId', 'AWS::CodeDeploy::Deployment'],
  ],
  codepipeline: [
    ['pipelineName', 'AWS::CodePipeline::Pipeline'],
    ['name', 'AWS::CodePipeline::Pipeline'],
    ['pipelineExecutionId', 'AWS::CodePipeline::PipelineExecution'],
  ],
  config: [
    ['configurationRecorderName', 'AWS::Config::ConfigurationRecorder'],
    ['deliveryChannelName', 'AWS::Config::DeliveryChannel'],
    ['configRuleName', 'AWS::Config::ConfigRule'],
  ],
  dynamodb: [['tableName', 'AWS::DynamoDB::Table']],
  ec2: [
    ['instanceId', 'AWS::EC2::Instance'],
    ['groupId', 'AWS::EC2::SecurityGroup'],
    ['imageId', 'AWS::EC2::Image'],
    ['snapshotId', 'AWS::EC2::Snapshot'],
    ['volumeId', 'AWS::EC2::Volume'],
    ['routeTableId', 'AWS::EC2::RouteTable'],
    ['networkAclId', 'AWS::EC2::NetworkAcl'],
    ['networkInterfaceId', 'AWS::EC2::NetworkInterface'],
    ['internetGatewayId', 'AWS::EC2::InternetGateway'],
    ['subnetId', 'AWS::EC2::Subnet'],
    ['vpcId', 'AWS::EC2::VPC'],
    ['groupName', 'AWS::EC2::SecurityGroup'],
    ['keyName', 'AWS::EC2::KeyPair'],
  ],
  ecr: [['repositoryName', 'AWS::ECR::Repository']],
  ecs: [
    ['service', 'AWS::ECS::Service'],
    ['serviceName', 'AWS::ECS::Service'],
    ['task', 'AWS::ECS::Task'],
    ['taskDefinition', 'AWS::ECS::TaskDefinition'],
    ['family', 'AWS::ECS::TaskDefinition'],
    ['cluster', 'AWS::ECS::Cluster'],
  ],
  eks: [
    ['name', 'AWS::EKS::Cluster'],
    ['clusterName', 'AWS::EKS::Cluster'],
    ['nodegroupName', 'AWS::EKS::Nodegroup'],
  ],
  events: [
    ['name', 'AWS::Events::Rule'],
    ['rule', 'AWS::Events::Rule'],
    ['eventBusName', 'AWS::Events::EventBus'],
  ],
  guardduty: [['detectorId', 'AWS::GuardDuty::Detector']],
  iam: [
    ['userName', 'AWS::IAM::User'],
    ['roleName', 'AWS::IAM::Role'],
    ['groupName', 'AWS::IAM::Group'],
    ['instanceProfileName', 'AWS::IAM::InstanceProfile'],
    ['policyArn', 'AWS::IAM::ManagedPolicy'],
    ['policyName', 'AWS::IAM::Policy'],
    ['accessKeyId', 'AWS::IAM::AccessKey'],
    ['sAMLProviderArn', 'AWS::IAM::SAMLProvider'],
    ['openIDConnectProviderArn', 'AWS::IAM::OIDCProvider'],
    ['serialNumber', 'AWS::IAM::VirtualMFADevice'],
  ],
  kms: [
    ['keyId', 'AWS::KMS::Key'],
    ['aliasName', 'AWS::KMS::Alias'],
  ],
  lambda: [
    ['functionArn', 'AWS::Lambda::Function'],
    ['functionName', 'AWS::Lambda::Function'],
    ['layerName', 'AWS::Lambda::LayerVersion'],
  ],
  logs: [
    ['logGroupName', 'AWS::Logs::LogGroup'],
    ['logStreamName', 'AWS::Logs::LogStream'],
  ],
  organizations: [
    ['policyId', 'AWS::Organizations::Policy'],
    ['targetId', 'AWS::Organizations::Account'],
    ['accountId', 'AWS::Organizations::Account'],
  ],
  rds: [
    ['dBInstanceIdentifier', 'AWS::RDS::DBInstance'],
    ['dBClusterIdentifier', 'AWS::RDS::DBCluster'],
    ['dBSnapshotIdentifier', 'AWS::RDS::DBSnapshot'],
    ['dBClusterSnapshotIdentifier', 'AWS::RDS::DBClusterSnapshot'],
    ['dBSecurityGroupName', 'AWS::RDS::DBSecurityGroup'],
  ],
  route53: [['hostedZoneId', 'AWS::Route53::HostedZone']],
  s3: [['bucketName', 'AWS::S3::Bucket']],
  secretsmanager: [['secretId', 'AWS::SecretsManager::Secret']],
  signer: [
    ['profileName', 'AWS::Signer::SigningProfile'],
    ['jobId', 'AWS::Signer::SigningJob'],
  ],
  sns: [['topicArn', 'AWS::SNS::Topic']],
  sqs: [['queueUrl', 'AWS::SQS::Queue']],
  ssm: [
    ['instanceId', 'AWS::EC2::Instance'],
    ['documentName', 'AWS::SSM::Document'],
    ['name', 'AWS::SSM::Parameter'],
  ],
  sts: [
    ['roleArn', 'AWS::IAM::Role'],
    ['targetPrincipal', 'AWS::IAM::Root'],
  ],
});

/** Parameters that are lists of names. */
export const RESOURCE_LISTS: ResourceTable = table({
  cloudtrail: [['trailNameList', 'AWS::CloudTrail::Trail']],
  secretsmanager: [['secretIdList', 'AWS::SecretsManager::Secret']],
  ssm: [
    ['names', 'AWS::SSM::Parameter'],
    ['instanceIds', 'AWS::EC2::Instance'],
  ],
});

function table(rows: Readonly<Record<string, readonly (readonly [string, string])[]>>): ResourceTable {
  return new Map(Object.entries(rows));
}
