// Publishes a default-destination rule.
//
//   npm ci
//   node rule.js --brokers localhost:9092 --registry http://localhost:8081 \
//     --organization acme --rule orders --type 'order.*' --primary DESTINATION_ID
//
// --primary ID=3 gives a weight; --out FILE writes the record's value there instead; --delete deletes the rule.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { AvroSerializer, SchemaRegistryClient, SerdeType } from '@confluentinc/schemaregistry';
import { Kafka, logLevel } from 'kafkajs';

const { values: options } = parseArgs({
  options: {
    brokers: { type: 'string', default: 'localhost:9092' },
    registry: { type: 'string', default: 'http://localhost:8081' },
    prefix: { type: 'string', default: 'delivery.' },
    organization: { type: 'string', default: 'acme' },
    rule: { type: 'string', default: 'from-node' },
    priority: { type: 'string', default: '10' },
    type: { type: 'string', multiple: true, default: [] },
    selection: { type: 'string', default: 'all' },
    primary: { type: 'string', multiple: true, default: [] },
    fallback: { type: 'string', multiple: true, default: [] },
    out: { type: 'string' },
    delete: { type: 'boolean', default: false },
  },
});
const topic = `${options.prefix}rules`;

function target(text) {
  const [destinationId, weight = '1'] = text.split('=');
  return { destinationId, weight: Number(weight) };
}

/** Fields with a default may be left out. */
function rule() {
  return {
    organizationId: options.organization,
    ruleId: options.rule,
    name: options.rule,
    priority: Number(options.priority),
    conditions: { payloadTypes: options.type },
    selection: options.selection,
    primary: options.primary.map(target),
    fallback: options.fallback.map(target),
    // Above all versions there were: nobody changes a rule more often than once a millisecond.
    version: Date.now(),
    changedAt: Date.now(),
    changedBy: 'node-example',
  };
}

async function value() {
  if (options.delete) {
    return null;
  }
  const registry = new SchemaRegistryClient({ baseURLs: [options.registry] });
  const serializer = new AvroSerializer(registry, SerdeType.VALUE, { useLatestVersion: true, autoRegisterSchemas: false });
  return serializer.serialize(topic, rule());
}

const record = { key: `${options.organization}/${options.rule}`, value: await value() };
if (options.out) {
  await writeFile(options.out, record.value);
} else {
  const kafka = new Kafka({ clientId: 'waybill-example', brokers: options.brokers.split(','), logLevel: logLevel.WARN });
  const producer = kafka.producer();
  await producer.connect();
  const [written] = await producer.send({ topic, acks: -1, messages: [record] });
  await producer.disconnect();
  console.log(JSON.stringify({ rule: record.key, offset: written.baseOffset }));
}
