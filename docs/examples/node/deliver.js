// Asks Waybill for deliveries and waits for their results.
//
//   npm ci
//   node deliver.js --brokers localhost:9092 --registry http://localhost:8081 \
//     --organization acme --destination my-hook --count 3
//
// Without --destination the organization's rules decide. Several organizations: --organization acme,globex
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { AvroDeserializer, AvroSerializer, SchemaRegistryClient, SerdeType } from '@confluentinc/schemaregistry';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

const { values: options } = parseArgs({
  options: {
    brokers: { type: 'string', default: 'localhost:9092' },
    registry: { type: 'string', default: 'http://localhost:8081' },
    prefix: { type: 'string', default: 'delivery.' },
    organization: { type: 'string', default: 'acme' },
    destination: { type: 'string', multiple: true, default: [] },
    type: { type: 'string', default: 'example.greeting' },
    count: { type: 'string', default: '1' },
    timeout: { type: 'string', default: '60' },
  },
});
const requestsTopic = `${options.prefix}requests`;
const resultsTopic = `${options.prefix}results`;
const organizations = options.organization.split(',');

const registry = new SchemaRegistryClient({ baseURLs: [options.registry] });
// Waybill registers its schemas; a producer only looks up the one of the topic.
const serializer = new AvroSerializer(registry, SerdeType.VALUE, { useLatestVersion: true, autoRegisterSchemas: false });
const deserializer = new AvroDeserializer(registry, SerdeType.VALUE, {});

const kafka = new Kafka({
  clientId: 'waybill-example',
  brokers: options.brokers.split(','),
  logLevel: logLevel.WARN,
});

/** Fields with a default may be left out. */
function request(organizationId, number) {
  const body = JSON.stringify({ greeting: 'hello', number });
  return {
    deliveryId: `node-${randomUUID()}`,
    organizationId,
    payload: { type: options.type, contentType: 'application/json', body: Buffer.from(body), uri: null, filename: null },
    destinationIds: options.destination,
    headers: {},
    metadata: { source: 'node-example' },
    requestedAt: Date.now(),
    requestedBy: 'node-example',
  };
}

/** Positions before the first request: a result cannot be missed, and older ones are not read. */
async function endOfResults() {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(resultsTopic);
  await admin.disconnect();
  return ends;
}

async function send(requests) {
  // The partitioner of old kafkajs programs. Its choice differs from Java's: Waybill re-keys such requests by itself.
  const producer = kafka.producer({ createPartitioner: Partitioners.LegacyPartitioner });
  await producer.connect();
  for (const value of requests) {
    const message = { key: value.organizationId, value: await serializer.serialize(requestsTopic, value) };
    const [written] = await producer.send({ topic: requestsTopic, acks: -1, messages: [message] });
    const { deliveryId, organizationId } = value;
    console.log(JSON.stringify({ sent: deliveryId, organizationId, partition: written.partition }));
  }
  await producer.disconnect();
}

// Results are written in transactions. kafkajs reads only committed ones unless told otherwise (readUncommitted).
const consumer = kafka.consumer({ groupId: `waybill-example-${randomUUID()}` });
const ends = await endOfResults();
await consumer.connect();
await consumer.subscribe({ topic: resultsTopic });

const requests = Array.from({ length: Number(options.count) }, (_, n) => request(organizations[n % organizations.length], n));
const open = new Set(requests.map(({ deliveryId }) => deliveryId));
let finish;
const finished = new Promise((resolve) => { finish = resolve; });

await consumer.run({
  eachMessage: async ({ message }) => {
    const deliveryId = message.key.toString();
    if (!open.delete(deliveryId)) {
      return; // somebody else's
    }
    const result = await deserializer.deserialize(resultsTopic, message.value);
    const routes = result.routes.map(({ destinationId, status, attempts }) => ({ destinationId, status, attempts }));
    console.log(JSON.stringify({ result: deliveryId, status: result.status, reason: result.reason, routes }));
    if (open.size === 0) {
      finish();
    }
  },
});
for (const { partition, offset } of ends) {
  consumer.seek({ topic: resultsTopic, partition, offset });
}

await send(requests);
const timer = setTimeout(finish, Number(options.timeout) * 1000);
await finished;
clearTimeout(timer);
await consumer.disconnect();
if (open.size > 0) {
  console.error(`No result within ${options.timeout} s for ${[...open].join(', ')}`);
  process.exitCode = 1;
}
