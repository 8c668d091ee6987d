package dev.waybill.worker.config;

import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// What all parts of a worker share.
///
/// @param workerId      names this process among the workers; the same after a restart
/// @param requestTopics topics that requests are read from
/// @param retryDelays   delays of the retry topics, shortest first
/// @param stateDir      folder for what may be lost but is slow to rebuild
public record WorkerSettings(
        String workerId,
        Set<Role> roles,
        Topics topics,
        List<String> requestTopics,
        List<RetryDelay> retryDelays,
        Path stateDir) {

    public static final String WORKER_ID = "worker.id";
    public static final String ROLES = "roles";
    public static final String TOPIC_PREFIX = "topic.prefix";
    public static final String REQUEST_TOPICS = "request.topics";
    public static final String RETRY_DELAYS = "retry.delays";
    public static final String STATE_DIR = "state.dir";

    private static final String GROUP = "Worker";

    /// Part of transactional ids and file names.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{0,100}");

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{0,100}");
    private static final List<String> ALL_ROLES =
            EnumSet.allOf(Role.class).stream().map(Role::wireName).toList();

    public WorkerSettings {
        roles = Set.copyOf(roles);
        requestTopics = List.copyOf(requestTopics);
        retryDelays = List.copyOf(retryDelays);
    }

    public boolean has(Role role) {
        return roles.contains(role);
    }

    static void define(ConfigDef def) {
        new Section(def, GROUP)
                .setting(
                        ROLES,
                        ConfigDef.Type.LIST,
                        String.join(",", ALL_ROLES),
                        Validators.subsetOf(ALL_ROLES),
                        Importance.HIGH,
                        "What this process does: router decides, sinks make attempts, retries moves due tasks,"
                                + " projector writes Postgres, api serves REST under /v1. Every role must run somewhere.")
                .setting(
                        WORKER_ID,
                        ConfigDef.Type.STRING,
                        "",
                        Validators.matching(NAME, "up to 100 of A-Z a-z 0-9 . _ -"),
                        Importance.HIGH,
                        "Names this process among the workers. It must be unique, and the same after a restart: then a"
                                + " restarted worker ends the open transactions of its predecessor at once. Empty:"
                                + " the host's name.")
                .setting(
                        TOPIC_PREFIX,
                        ConfigDef.Type.STRING,
                        Topics.DEFAULT_PREFIX,
                        Validators.matching(PREFIX, "up to 100 of A-Z a-z 0-9 . _ -"),
                        Importance.HIGH,
                        "Start of the names of all topics, consumer groups and transactional ids.")
                .setting(
                        REQUEST_TOPICS,
                        ConfigDef.Type.LIST,
                        "",
                        Importance.MEDIUM,
                        "Topics that requests are read from, all with the partitions of `returns`. Empty: the topic"
                                + " `requests` under the prefix.")
                .setting(
                        RETRY_DELAYS,
                        ConfigDef.Type.LIST,
                        "1s,5s,30s,2m,10m,1h",
                        Validators.listOf(WorkerSettings::isDelay, "delays such as 500ms, 30s, 2m or 1h"),
                        Importance.MEDIUM,
                        "Delays of the retry topics, shortest first; each has a topic of its own. A delay that is taken"
                                + " out leaves a topic that nobody reads: drain it first.")
                .setting(
                        STATE_DIR,
                        ConfigDef.Type.STRING,
                        "state",
                        Importance.MEDIUM,
                        "Folder for the router's local state. It is rebuilt from Kafka when lost; a persistent one makes"
                                + " restarts fast.");
    }

    static WorkerSettings from(Values values) {
        Topics topics = new Topics(values.text(TOPIC_PREFIX));
        List<String> requests = values.list(REQUEST_TOPICS);
        return new WorkerSettings(
                values.optional(WORKER_ID).orElseGet(WorkerSettings::hostName),
                values.list(ROLES).stream()
                        .map(Role::parse)
                        .collect(() -> EnumSet.noneOf(Role.class), Set::add, Set::addAll),
                topics,
                requests.isEmpty() ? List.of(topics.requests()) : requests,
                ascending(values.list(RETRY_DELAYS).stream()
                        .map(RetryDelay::parse)
                        .toList()),
                values.path(STATE_DIR));
    }

    private static List<RetryDelay> ascending(List<RetryDelay> delays) {
        for (int i = 1; i < delays.size(); i++) {
            if (delays.get(i - 1).delay().compareTo(delays.get(i).delay()) >= 0) {
                throw new InvalidConfigurationException(
                        RETRY_DELAYS + ": " + delays.get(i) + " must be longer than the delay before it");
            }
        }
        if (delays.isEmpty()) {
            throw new InvalidConfigurationException(RETRY_DELAYS + ": give at least one delay, for example 5s");
        }
        return delays;
    }

    private static boolean isDelay(String text) {
        try {
            RetryDelay.parse(text);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /// The host's name survives a restart, in Kubernetes as the name of a StatefulSet's pod.
    private static String hostName() {
        String name = System.getenv("HOSTNAME");
        if (name == null || name.isBlank()) {
            try {
                name = InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException _) {
                name = "worker";
            }
        }
        return name.replaceAll("[^A-Za-z0-9._-]", "-");
    }
}
