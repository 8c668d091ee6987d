package dev.waybill.worker.sink.aws;

import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.aws.AwsIdentity.Base;
import dev.waybill.worker.sink.aws.AwsIdentity.Role;
import dev.waybill.worker.sink.http.HttpTarget;
import java.net.URI;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// The settings that say where a service is and who we are there, the same for every provider of AWS.
///
/// @param endpoint    null for the service's own in the region
/// @param stsEndpoint where roles are assumed; null for the one of the region
public record AwsSettings(
        String region, @Nullable URI endpoint, @Nullable URI stsEndpoint, AwsIdentity identity) {

    public static final String REGION = "region";
    public static final String ENDPOINT = "endpoint";

    static final String CREDENTIALS = "credentials";
    static final String STATIC = "static";
    static final String PROFILE = "profile";
    static final String CONTAINER = "container";
    static final String WEB_IDENTITY = "web-identity";

    static final String ACCESS_KEY_ID = "access.key.id";
    static final String SECRET_ACCESS_KEY = "secret.access.key";
    static final String SESSION_TOKEN = "session.token";
    static final String ROLE_ARN = "role.arn";
    static final String ROLE_EXTERNAL_ID = "role.external.id";
    static final String STS_ENDPOINT = "sts.endpoint";

    private static final String REGION_PATTERN = "[a-z0-9-]{1,40}";
    private static final String ROLE_PATTERN = "arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}";

    /// As STS has it.
    private static final String EXTERNAL_ID_PATTERN = "[A-Za-z0-9_+=,.@:/-]{2,1224}";

    /// Adds keys, which every compatible service has.
    ///
    /// @param otherwise the default of both; [ConfigDef#NO_DEFAULT_VALUE] where nothing else is possible
    public static ConfigDef defineKeys(ConfigDef definition, @Nullable Object otherwise) {
        return definition
                .define(
                        ACCESS_KEY_ID,
                        ConfigDef.Type.PASSWORD,
                        otherwise,
                        Importance.HIGH,
                        "Reference to the id of the access key.")
                .define(
                        SECRET_ACCESS_KEY,
                        ConfigDef.Type.PASSWORD,
                        otherwise,
                        Importance.HIGH,
                        "Reference to the secret access key.");
    }

    /// Adds the other ways to be somebody, which only AWS has.
    public static ConfigDef define(ConfigDef definition) {
        return defineKeys(definition, null)
                .define(
                        REGION,
                        ConfigDef.Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        Settings.check("a region such as eu-central-1", AwsSettings::region),
                        Importance.HIGH,
                        "Region of AWS, such as eu-central-1.")
                .define(
                        ENDPOINT,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("an http or https URL", HttpTarget::parse),
                        Importance.LOW,
                        "Where the service is, if not at its public address: an endpoint of a VPC.")
                .define(
                        SESSION_TOKEN,
                        ConfigDef.Type.PASSWORD,
                        null,
                        Importance.LOW,
                        "Reference to the session token that belongs to a temporary access key.")
                .define(
                        CREDENTIALS,
                        ConfigDef.Type.STRING,
                        STATIC,
                        ValidString.in(STATIC, PROFILE, CONTAINER, WEB_IDENTITY),
                        Importance.MEDIUM,
                        "Who signs: static has the access key; profile, container and web-identity are the worker's own"
                                + " identity, which aws.worker.identity of the worker must allow to the organization.")
                .define(
                        PROFILE,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("the name of a profile", AwsSettings::profile),
                        Importance.LOW,
                        "Profile of the worker's AWS configuration, with credentials=profile.")
                .define(
                        ROLE_ARN,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("the ARN of a role", AwsSettings::role),
                        Importance.MEDIUM,
                        "Role to assume before anything else.")
                .define(
                        ROLE_EXTERNAL_ID,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("an external id of STS", AwsSettings::externalId),
                        Importance.LOW,
                        "External id that the role's trust policy asks for, with credentials=static. With the worker's own"
                                + " identity it is always the organization's id, so that nobody can use a role that trusts"
                                + " the worker for another organization.")
                .define(
                        STS_ENDPOINT,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("an http or https URL", HttpTarget::parse),
                        Importance.LOW,
                        "Where roles are assumed, if not at the region's STS.");
    }

    /// Reads the settings of a destination.
    ///
    /// @throws ConfigException if they cannot work together, or the operator does not allow them
    public static AwsSettings of(Settings settings, Destination destination, WorkerIdentity allowed) {
        String organization = destination.organizationId();
        Base base = base(settings, organization, allowed);
        return new AwsSettings(
                Settings.convert(REGION, settings.required(REGION), AwsSettings::region),
                uri(settings, ENDPOINT),
                uri(settings, STS_ENDPOINT),
                new AwsIdentity(organization, base, role(settings, organization, base)));
    }

    /// Those of a service that is compatible.
    ///
    /// @param region as signatures name it
    public static AwsSettings compatible(Settings settings, Destination destination, String region) {
        return new AwsSettings(
                Settings.convert(REGION, region, AwsSettings::region),
                uri(settings, ENDPOINT),
                null,
                new AwsIdentity(destination.organizationId(), keys(settings, null), null));
    }

    private static Base base(Settings settings, String organization, WorkerIdentity allowed) {
        String credentials = settings.required(CREDENTIALS);
        if (credentials.equals(STATIC)) {
            return keys(settings, settings.secret(SESSION_TOKEN));
        }
        if (isSet(settings.secret(ACCESS_KEY_ID)) || isSet(settings.secret(SECRET_ACCESS_KEY))) {
            throw new ConfigException("Setting " + ACCESS_KEY_ID + ": only with credentials=static");
        }
        if (!allowed.isFor(organization)) {
            throw new ConfigException(
                    "Setting " + CREDENTIALS + ": the worker's own identity is not for this organization;"
                            + " aws.worker.identity of the worker names those it is for");
        }
        return switch (credentials) {
            case CONTAINER -> new AwsIdentity.Container();
            case WEB_IDENTITY -> new AwsIdentity.WebIdentity();
            default -> {
                String profile = settings.string(PROFILE);
                if (profile == null) {
                    throw new ConfigException("Setting " + PROFILE + ": is needed with credentials=profile");
                }
                yield new AwsIdentity.Profile(Settings.convert(PROFILE, profile, AwsSettings::profile));
            }
        };
    }

    private static AwsIdentity.Keys keys(Settings settings, @Nullable String sessionToken) {
        String id = settings.secret(ACCESS_KEY_ID);
        String key = settings.secret(SECRET_ACCESS_KEY);
        if (id == null || id.isEmpty() || key == null || key.isEmpty()) {
            throw new ConfigException("Setting " + ACCESS_KEY_ID + " and setting " + SECRET_ACCESS_KEY + " are needed");
        }
        return new AwsIdentity.Keys(id, key, sessionToken);
    }

    private static @Nullable Role role(Settings settings, String organization, Base base) {
        String arn = settings.string(ROLE_ARN);
        String externalId = settings.string(ROLE_EXTERNAL_ID);
        if (arn == null) {
            if (externalId != null) {
                throw new ConfigException("Setting " + ROLE_EXTERNAL_ID + ": needs " + ROLE_ARN);
            }
            return null;
        }
        String role = Settings.convert(ROLE_ARN, arn, AwsSettings::role);
        if (base instanceof AwsIdentity.Keys) {
            return new Role(role, externalId);
        }
        if (externalId != null) {
            throw new ConfigException(
                    "Setting " + ROLE_EXTERNAL_ID + ": is the organization's id with the worker's own identity");
        }
        return new Role(role, Settings.convert(ROLE_ARN, organization, AwsSettings::externalId));
    }

    private static boolean isSet(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    private static @Nullable URI uri(Settings settings, String name) {
        String url = settings.string(name);
        if (url == null) {
            return null;
        }
        String stripped = url.strip().replaceFirst("/+$", "");
        Settings.convert(name, stripped, HttpTarget::parse);
        return URI.create(stripped);
    }

    /// Whether requests are secured: an endpoint that is not given is.
    public static boolean isEncrypted(Destination destination) {
        String endpoint = destination.settings().get(ENDPOINT);
        String sts = destination.settings().get(STS_ENDPOINT);
        return (endpoint == null || HttpTarget.isTls(endpoint)) && (sts == null || HttpTarget.isTls(sts));
    }

    /// Reads the name of a region.
    public static String region(String text) {
        return matching(text, REGION_PATTERN, "must be a region such as eu-central-1");
    }

    private static String role(String text) {
        return matching(text, ROLE_PATTERN, "must be the ARN of a role, arn:aws:iam::<account>:role/<name>");
    }

    private static String externalId(String text) {
        return matching(text, EXTERNAL_ID_PATTERN, "needs an external id of letters, digits and +=,.@:/-_");
    }

    private static String profile(String text) {
        return matching(text, "[A-Za-z0-9_.@/ -]{1,100}", "must be the name of a profile");
    }

    private static String matching(String text, String pattern, String otherwise) {
        String stripped = text.strip();
        if (!stripped.matches(pattern)) {
            throw new IllegalArgumentException(otherwise);
        }
        return stripped;
    }
}
