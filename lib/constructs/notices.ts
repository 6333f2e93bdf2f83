import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface NoticesProps {
  /** Gets every notice by e-mail, once it has confirmed. @default nobody */
  readonly email?: string;
  /** Topic of a pager or the like. @default none */
  readonly alsoTopicArn?: string;
}

/** Where alarms and the ends of rollouts are announced. */
export class Notices extends Construct {
  readonly topic: Topic;
  /** What alarms publish to: our topic, and the one that was there before us. */
  readonly alarmTopics: readonly ITopic[];

  constructor(scope: Construct, id: string, props: NoticesProps) {
    super(scope, id);
    // CloudWatch cannot use the key that AWS manages for SNS, so the topic has one of its own
    const key = new Key(this, 'Key', {
      description: 'Encrypts notices of alarms and rollouts on their way',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY, // a notice is delivered or lost within minutes
    });
    const alarms = [new ServicePrincipal('cloudwatch.amazonaws.com')]; // EventBridge is let in by the rule that targets the topic
    const forThisAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: alarms,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'], // in a key policy: this key
        conditions: forThisAccount,
      }),
    );
    this.topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: alarms,
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: forThisAccount,
      }),
    );
    if (props.email !== undefined) this.topic.addSubscription(new EmailSubscription(props.email));
    const also = props.alsoTopicArn === undefined ? [] : [Topic.fromTopicArn(this, 'Also', props.alsoTopicArn)];
    this.alarmTopics = [this.topic, ...also];
  }
}
