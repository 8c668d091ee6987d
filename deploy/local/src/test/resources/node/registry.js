// What Confluent's own client finds when it meets our registry; the test reads the lines it prints.
import { AvroDeserializer, AvroSerializer, Compatibility, SchemaRegistryClient, SerdeType } from '@confluentinc/schemaregistry';

const [url, topic] = process.argv.slice(2);
const subject = `${topic}-value`;
const client = new SchemaRegistryClient({ baseURLs: [url], maxRetries: 0 });
const first = { type: 'record', name: 'Greeting', namespace: 'interop', fields: [{ name: 'text', type: 'string' }] };
const field = (more) => JSON.stringify({ ...first, fields: [...first.fields, { name: 'n', type: 'int', ...more }] });
const schema = JSON.stringify(first);

const say = (name, value) => console.log(`${name} ${JSON.stringify(value)}`);
const refusal = async (call) => {
  try {
    return await call();
  } catch (error) {
    return { status: error.status, code: error.errorCode };
  }
};

say('unknownSubject', await refusal(() => client.getLatestSchemaMetadata(subject)));
const id = await client.register(subject, { schema, schemaType: 'AVRO' });
say('sameIdAgain', (await client.register(subject, { schema })) === id);
say('lookedUp', (await client.getId(subject, { schema })) === id);
say('incompatible', await refusal(() => client.register(subject, { schema: field({}) })));
say('testIncompatible', await client.testSubjectCompatibility(subject, { schema: field({}) }));
say('testCompatible', await client.testSubjectCompatibility(subject, { schema: field({ default: 0 }) }));
await client.register(subject, { schema: field({ default: 0 }) });
say('versions', await client.getAllVersions(subject));
say('latest', (await client.getLatestSchemaMetadata(subject)).version);
say('level', await refusal(() => client.getCompatibility(subject)));
say('setLevel', await client.updateCompatibility(subject, Compatibility.FULL));

const serializer = new AvroSerializer(client, SerdeType.VALUE, { autoRegisterSchemas: false, useLatestVersion: true });
const bytes = await serializer.serialize(topic, { text: 'grüezi', n: 7 });
say('bytes', bytes.toString('hex'));
const deserializer = new AvroDeserializer(client, SerdeType.VALUE, {});
say('read', await deserializer.deserialize(topic, bytes));

say('deletedVersion', await client.deleteSubjectVersion(subject, 1));
say('deletedSubject', await client.deleteSubject(subject));
say('gone', (await client.getAllSubjects()).includes(subject));
say('stillReadable', await new AvroDeserializer(new SchemaRegistryClient({ baseURLs: [url] }), SerdeType.VALUE, {}).deserialize(topic, bytes));
