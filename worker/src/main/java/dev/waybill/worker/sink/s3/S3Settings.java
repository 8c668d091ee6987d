package dev.waybill.worker.sink.s3;

import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchSettings;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.aws.AwsSettings;
import dev.waybill.worker.sink.aws.WorkerIdentity;
import dev.waybill.worker.sink.http.HttpHeaders;
import dev.waybill.worker.sink.http.HttpTarget;
import dev.waybill.worker.sink.tls.TlsSettings;
import dev.waybill.worker.sink.tls.TlsTrust;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// The settings of one destination, bound once.
///
/// @param isAws     whether it is S3 itself, whose promises about checksums and conditions are known
/// @param aws       where it is, and who we are
/// @param overwrite whether an object that is there is replaced
/// @param owner     account that the bucket must belong to; null for any
/// @param multipart how large payloads are sent
/// @param batches   how payloads share objects; null if they do not
/// @param testWrite whether a connection test writes
/// @param trust     null for the authorities of the JVM
record S3Settings(
        boolean isAws,
        AwsSettings aws,
        boolean pathStyle,
        String bucket,
        ObjectTemplate key,
        boolean overwrite,
        ObjectShape shape,
        @Nullable String owner,
        Multipart multipart,
        @Nullable BatchObjects batches,
        boolean testWrite,
        @Nullable TlsTrust trust) {

    /// How an object looks beside its bytes.
    ///
    /// @param storageClass null for the bucket's default, and so on
    record ObjectShape(
            @Nullable String encryption,
            @Nullable String kmsKey,
            @Nullable String storageClass,
            Map<String, ObjectTemplate> metadata,
            Map<String, ObjectTemplate> tags) {}

    /// From which size on payloads are sent in parts, and how large these are.
    record Multipart(long threshold, long part) {}

    /// How payloads share objects.
    record BatchObjects(BatchFormat format, BatchCompression compression, ObjectTemplate key) {}

    static final String BUCKET = "bucket";
    static final String KEY = "key";
    static final String OVERWRITE = "overwrite";
    static final String PATH_STYLE = "path.style";
    static final String ENCRYPTION = "encryption";
    static final String KMS_KEY = "kms.key.id";
    static final String STORAGE_CLASS = "storage.class";
    static final String OWNER = "bucket.owner";
    static final String METADATA = "metadata.<name>";
    static final String TAGS = "tags.<name>";
    static final String THRESHOLD = "multipart.threshold.bytes";
    static final String PART = "multipart.part.bytes";
    static final String COMPRESSION = "batch.compression";
    static final String BATCH_KEY = "batch.key";
    static final String TEST_WRITE = "test.write";

    private static final String KEY_DEFAULT = "{{organizationId}}/{{payload.type}}/{{year}}/{{month}}/{{day}}/{{name}}";
    private static final String BATCH_KEY_DEFAULT =
            "{{organizationId}}/{{year}}/{{month}}/{{day}}/{{hour}}/{{batchId}}.{{extension}}";

    /// Of S3: no part but the last is smaller.
    static final long PART_MIN = 5L << 20;

    /// Of S3: neither a part nor an object that is put at once is larger.
    static final long PUT_MAX = 5L << 30;

    /// Below it the three requests more cost more than what a repeated upload would.
    private static final long THRESHOLD_DEFAULT = 64L << 20;

    /// With it 10 000 parts make 156 GiB; larger payloads get larger parts.
    private static final long PART_DEFAULT = 16L << 20;

    /// Of S3.
    private static final int TAGS_MAX = 10;

    private static final String NONE = "none";
    private static final String AES = "AES256";
    private static final String KMS = "aws:kms";
    private static final String KMS_TWICE = "aws:kms:dsse";

    /// An object of its own costs a request; most readers would rather have fewer and larger ones.
    static final BatchSettings BATCHES =
            new BatchSettings(BatchFormat.names(), new BatchLimits(200, 4 << 20, Duration.ofSeconds(5)));

    /// Of the provider `s3`.
    static final ConfigDef AWS = define(AwsSettings.define(TlsSettings.defineTrust(new ConfigDef())), false)
            .define(
                    ENCRYPTION,
                    ConfigDef.Type.STRING,
                    NONE,
                    ValidString.in(NONE, AES, KMS, KMS_TWICE),
                    Importance.MEDIUM,
                    "Encryption at rest that is asked for: AES256, aws:kms or aws:kms:dsse; with none the bucket's default"
                            + " holds.")
            .define(
                    KMS_KEY,
                    ConfigDef.Type.STRING,
                    null,
                    headerValue(),
                    Importance.LOW,
                    "Id or ARN of the KMS key, with encryption=aws:kms or aws:kms:dsse; by default the account's own for S3.")
            .define(
                    STORAGE_CLASS,
                    ConfigDef.Type.STRING,
                    null,
                    Settings.check("a storage class such as STANDARD_IA", S3Settings::storageClass),
                    Importance.LOW,
                    "Storage class, such as STANDARD_IA; by default STANDARD.")
            .define(
                    OWNER,
                    ConfigDef.Type.STRING,
                    null,
                    Settings.check("an account of 12 digits", S3Settings::account),
                    Importance.LOW,
                    "Account that the bucket must belong to; a bucket of the same name in another one is refused.");

    /// Of the provider `s3-compatible`.
    static final ConfigDef COMPATIBLE = define(
                    AwsSettings.defineKeys(TlsSettings.defineTrust(new ConfigDef()), ConfigDef.NO_DEFAULT_VALUE), true)
            .define(
                    AwsSettings.ENDPOINT,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    Settings.check("an http or https URL", HttpTarget::parse),
                    Importance.HIGH,
                    "Where the service is, such as https://s3.eu-de.cloud-object-storage.appdomain.cloud.")
            .define(
                    AwsSettings.REGION,
                    ConfigDef.Type.STRING,
                    "us-east-1",
                    Settings.check("a region such as us-east-1", AwsSettings::region),
                    Importance.LOW,
                    "Region as signatures name it; many services take any.");

    private static ConfigDef define(ConfigDef definition, boolean pathStyle) {
        return BATCHES.define(
                        definition,
                        "How payloads share objects: ndjson as one line each (those of several lines get objects of their"
                                + " own), avro as records of an Avro container file. With none (the default) each payload"
                                + " gets an object.")
                .define(
                        BUCKET,
                        ConfigDef.Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        Settings.check("the name of a bucket", S3Settings::bucket),
                        Importance.HIGH,
                        "Bucket to write to. It must be there.")
                .define(
                        KEY,
                        ConfigDef.Type.STRING,
                        KEY_DEFAULT,
                        Settings.check("a template", ObjectTemplate::ofDelivery),
                        Importance.MEDIUM,
                        "Key of an object, a template. Slashes in values become underscores. Must hold {{deliveryId}} or"
                                + " {{name}}, unless overwrite is true.")
                .define(
                        OVERWRITE,
                        ConfigDef.Type.BOOLEAN,
                        false,
                        Importance.LOW,
                        "Whether an object of the same key and another content is replaced. If not, the attempt fails for"
                                + " good.")
                .define(
                        PATH_STYLE,
                        ConfigDef.Type.BOOLEAN,
                        pathStyle,
                        Importance.LOW,
                        "Whether the bucket is named in the path of requests, not in their host name.")
                .define(
                        METADATA,
                        ConfigDef.Type.STRING,
                        null,
                        Importance.LOW,
                        "Metadata of each object, a template; what is not visible ASCII is percent-encoded.")
                .define(
                        TAGS,
                        ConfigDef.Type.STRING,
                        null,
                        Importance.LOW,
                        "A tag of each object, a template, at most " + TAGS_MAX
                                + "; characters that tags cannot have become" + " underscores.")
                .define(
                        THRESHOLD,
                        ConfigDef.Type.LONG,
                        THRESHOLD_DEFAULT,
                        Range.between(PART_MIN, PUT_MAX),
                        Importance.LOW,
                        "Size in bytes from which on a payload is sent in parts, 5 MiB to 5 GiB.")
                .define(
                        PART,
                        ConfigDef.Type.LONG,
                        PART_DEFAULT,
                        Range.between(PART_MIN, PUT_MAX),
                        Importance.LOW,
                        "Size of a part in bytes, 5 MiB to 5 GiB; larger where 10000 parts would not do. Parts are read from"
                                + " where the payload is and take no memory.")
                .define(
                        COMPRESSION,
                        ConfigDef.Type.STRING,
                        NONE,
                        ValidString.in(BatchCompression.names()),
                        Importance.LOW,
                        "Compression of objects that payloads share: gzip, zstd or none; of Avro containers their codec.")
                .define(
                        BATCH_KEY,
                        ConfigDef.Type.STRING,
                        BATCH_KEY_DEFAULT,
                        Settings.check("a template with {{batchId}}", ObjectTemplate::ofBatch),
                        Importance.LOW,
                        "Key of an object that payloads share, a template. Dates are those of its first payload.")
                .define(
                        TEST_WRITE,
                        ConfigDef.Type.BOOLEAN,
                        true,
                        Importance.LOW,
                        "Whether a connection test writes, reads and deletes an object. Not where nothing can be deleted.");
    }

    static S3Settings bindAws(Destination destination, Secrets secrets, WorkerIdentity allowed) {
        Settings settings = Settings.bind(AWS, destination, secrets);
        String encryption = settings.required(ENCRYPTION);
        String kmsKey = settings.string(KMS_KEY);
        if (kmsKey != null && !encryption.startsWith(KMS)) {
            throw new ConfigException("Setting " + KMS_KEY + ": needs " + ENCRYPTION + "=" + KMS);
        }
        String storageClass = settings.string(STORAGE_CLASS);
        String owner = settings.string(OWNER);
        ObjectShape shape = new ObjectShape(
                encryption.equals(NONE) ? null : encryption,
                kmsKey == null ? null : kmsKey.strip(),
                storageClass == null ? null : storageClass.strip(),
                metadata(settings),
                tags(settings));
        return bind(
                true,
                AwsSettings.of(settings, destination, allowed),
                destination,
                settings,
                shape,
                owner == null ? null : owner.strip());
    }

    static S3Settings bindCompatible(Destination destination, Secrets secrets) {
        Settings settings = Settings.bind(COMPATIBLE, destination, secrets);
        return bind(
                false,
                AwsSettings.compatible(settings, destination, settings.required(AwsSettings.REGION)),
                destination,
                settings,
                new ObjectShape(null, null, null, metadata(settings), tags(settings)),
                null);
    }

    private static S3Settings bind(
            boolean isAws,
            AwsSettings aws,
            Destination destination,
            Settings settings,
            ObjectShape shape,
            @Nullable String owner) {
        ObjectTemplate key = Settings.convert(KEY, settings.required(KEY), ObjectTemplate::ofDelivery);
        boolean overwrite = settings.bool(OVERWRITE);
        if (!overwrite && !key.isDistinct()) {
            throw new ConfigException(
                    "Setting " + KEY + ": must hold {{deliveryId}} or {{name}}, because overwrite is false");
        }
        return new S3Settings(
                isAws,
                aws,
                settings.bool(PATH_STYLE),
                Settings.convert(BUCKET, settings.required(BUCKET), S3Settings::bucket),
                key,
                overwrite,
                shape,
                owner,
                new Multipart(settings.number(THRESHOLD), settings.number(PART)),
                batchObjects(destination, settings),
                settings.bool(TEST_WRITE),
                TlsSettings.trust(settings));
    }

    private static @Nullable BatchObjects batchObjects(Destination destination, Settings settings) {
        BatchFormat format = BatchFormat.of(BatchSettings.format(destination));
        return format == null
                ? null
                : new BatchObjects(
                        format,
                        BatchCompression.of(settings.required(COMPRESSION)),
                        Settings.convert(BATCH_KEY, settings.required(BATCH_KEY), ObjectTemplate::ofBatch));
    }

    private static Map<String, ObjectTemplate> metadata(Settings settings) {
        Map<String, ObjectTemplate> metadata = templates(settings, METADATA, "metadata.");
        for (String name : metadata.keySet()) {
            if (!HttpHeaders.isValidName(name)
                    || name.toLowerCase(java.util.Locale.ROOT).startsWith("waybill-")) {
                throw new ConfigException(
                        "Setting metadata." + name + ": a name is a token of HTTP that does not begin with waybill-");
            }
        }
        return metadata;
    }

    private static Map<String, ObjectTemplate> tags(Settings settings) {
        Map<String, ObjectTemplate> tags = templates(settings, TAGS, "tags.");
        if (tags.size() > TAGS_MAX) {
            throw new ConfigException("Setting tags.<name>: an object has " + TAGS_MAX + " tags at most");
        }
        return tags;
    }

    private static Map<String, ObjectTemplate> templates(Settings settings, String pattern, String prefix) {
        Map<String, ObjectTemplate> templates = new TreeMap<>();
        settings.named(pattern)
                .forEach((name, text) ->
                        templates.put(name, Settings.convert(prefix + name, text, ObjectTemplate::ofDelivery)));
        return templates;
    }

    private static ConfigDef.Validator headerValue() {
        return Settings.check("one line of visible ASCII", text -> {
            if (text.isBlank() || !HttpHeaders.isValidValue(text.strip())) {
                throw new IllegalArgumentException("must be one line of visible ASCII");
            }
            return text;
        });
    }

    /// A name, or the ARN of an access point. What is no name of S3 is for the service to refuse; only what would
    /// change
    /// the request's path or host is refused here.
    private static String bucket(String text) {
        return matching(
                text,
                "[A-Za-z0-9][A-Za-z0-9._-]{1,254}|arn:aws[a-z-]*:s3[a-z-]*:[a-z0-9-]*:[0-9]{12}:accesspoint[:/][a-z0-9-]+",
                "must be the name of a bucket, or the ARN of an access point");
    }

    private static String storageClass(String text) {
        return matching(text, "[A-Z0-9_]{1,40}", "must be a storage class such as STANDARD_IA");
    }

    private static String account(String text) {
        return matching(text, "[0-9]{12}", "must be an account of 12 digits");
    }

    private static String matching(String text, String pattern, String otherwise) {
        String stripped = text.strip();
        if (!stripped.matches(pattern)) {
            throw new IllegalArgumentException(otherwise);
        }
        return stripped;
    }
}
