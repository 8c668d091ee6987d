package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RequestContext;
import dev.waybill.avro.RouteFate;
import dev.waybill.worker.app.Sinks;
import dev.waybill.worker.app.WorkerApp;
import dev.waybill.worker.config.WorkerConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Runs the commands of `docs/cookbook.md` as they are printed there, compares what they print, and delivers what they
/// explain. Each recipe has an organization of its own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CookbookTest {

    private static final Path COOKBOOK = Path.of("../../docs/cookbook.md");
    private static final int RECIPES = 10;
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final Duration RESULTS_MAX = Duration.ofSeconds(60);
    private static final String PROMPT = "    $ waybill ";
    private static final List<String> DESTINATIONS = List.of("crm", "erp", "new", "archive", "audit", "sandbox");

    /// As the shell splits a line: words, and what stands in single quotes.
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    private final Installation installation = Installation.create("cookbook");
    private final WorkerConfig config = WorkerConfig.of(installation.settings("w", Map.of()), Map.of());
    private final Sinks sinks = Sinks.open(config);
    private final WorkerApp worker = WorkerApp.start(config, sinks);
    private final RecordingReceiver receiver = new RecordingReceiver();
    private final Application application = new Application(installation);
    private int sent;

    /// A command and what it prints, where the book shows it.
    record Step(String command, List<String> printed) {}

    record Recipe(int number, String title, List<Step> steps) {
        String organization() {
            return "recipe-" + number;
        }

        @Override
        public String toString() {
            return number + ". " + title;
        }
    }

    static Stream<Recipe> recipes() throws IOException {
        Pattern title = Pattern.compile("## (\\d+)\\. (.*)");
        List<Recipe> recipes = new ArrayList<>();
        for (String line : Files.readAllLines(COOKBOOK)) {
            Matcher found = title.matcher(line);
            if (found.matches()) {
                recipes.add(new Recipe(Integer.parseInt(found.group(1)), found.group(2), new ArrayList<>()));
            } else if (!recipes.isEmpty()) {
                List<Step> steps = recipes.getLast().steps();
                if (line.startsWith(PROMPT)) {
                    steps.add(new Step(line.substring(PROMPT.length()), new ArrayList<>()));
                } else if (!steps.isEmpty() && (line.startsWith("    ") || line.isEmpty())) {
                    steps.getLast().printed().add(line.strip());
                }
            }
        }
        return recipes.stream();
    }

    @BeforeAll
    void putDestinations() throws IOException {
        recipes()
                .forEach(recipe -> DESTINATIONS.forEach(name -> application.putWebhook(
                        recipe.organization(),
                        name,
                        receiver.url("/ok"),
                        DeliveryPolicy.newBuilder().build())));
        Awaitility.await().atMost(READY_MAX).until(() -> worker.notReady().isEmpty());
        Awaitility.await()
                .atMost(READY_MAX)
                .until(() -> run("recipe-10", "destination list --org acme")
                                .out()
                                .lines()
                                .count()
                        == DESTINATIONS.size() + 1);
    }

    @AfterAll
    void close() {
        application.close();
        receiver.close();
        worker.close();
        sinks.close();
        installation.close();
    }

    @Test
    void there_are_ten() throws IOException {
        assertThat(recipes().map(Recipe::number)).hasSize(RECIPES).doesNotHaveDuplicates();
        assertThat(recipes()).allMatch(recipe -> recipe.steps().stream().anyMatch(step -> isExplained(step.command())));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void a_recipe_does_what_it_says(Recipe recipe) {
        List<String> deliveries = new ArrayList<>();
        Map<String, List<String>> explained = new HashMap<>();
        for (Step step : recipe.steps()) {
            Cli cli = run(recipe.organization(), step.command());
            assertThat(cli.code()).as(step.command() + ": " + cli.err()).isZero();
            if (isExplained(step.command())) {
                assertThat(lines(cli.out().lines().toList())).isEqualTo(lines(step.printed()));
                DeliveryRequest request = request(recipe.organization(), step.command(), explained.size());
                deliveries.add(request.getDeliveryId());
                explained.put(request.getDeliveryId(), goesTo(recipe.organization(), step.command()));
                application.send(request, Map.of());
            }
        }
        sent += deliveries.size();
        Map<String, List<DeliveryResult>> results = application.results(RESULTS_MAX, found -> found >= sent);
        deliveries.forEach(
                id -> assertThat(results.getOrDefault(id, List.of()).getFirst().getRoutes())
                        .as(id)
                        .extracting(RouteFate::getDestinationId)
                        .containsExactlyElementsOf(explained.getOrDefault(id, List.of())));
    }

    private static boolean isExplained(String command) {
        return command.startsWith("explain ");
    }

    private static List<String> lines(List<String> printed) {
        return printed.stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /// The destinations that the routes begin at.
    private List<String> goesTo(String organization, String command) {
        return run(organization, command + " -o json")
                .json()
                .path("routes")
                .valueStream()
                .flatMap(route -> route.path("candidates").valueStream())
                .filter(candidate -> candidate.path("verdict").asString().equals("goes there"))
                .map((JsonNode candidate) -> candidate.path("destinationId").asString())
                .toList();
    }

    /// The request that a line explains.
    private static DeliveryRequest request(String organization, String command, int number) {
        List<String> words = words(command);
        String deliveryId = option(words, "--id").orElse(organization + "-" + number);
        int bytes = option(words, "--bytes").map(Integer::valueOf).orElse(1);
        Map<String, String> metadata = new HashMap<>();
        option(words, "--metadata")
                .map(text -> text.split("=", 2))
                .ifPresent(entry -> metadata.put(entry[0], entry[1]));
        return DeliveryRequest.newBuilder()
                .setDeliveryId(deliveryId)
                .setOrganizationId(organization)
                .setPayload(Payload.newBuilder()
                        .setType(option(words, "--type").orElseThrow())
                        .setBody(ByteBuffer.wrap(new byte[bytes]))
                        .build())
                .setContext(RequestContext.newBuilder()
                        .setUserRole(option(words, "--role").orElse(null))
                        .setTags(option(words, "--tag").stream().toList())
                        .setOccurredAt(option(words, "--at").map(Instant::parse).orElse(null))
                        .build())
                .setMetadata(metadata)
                .setRequestedAt(Instant.now())
                .build();
    }

    private static Optional<String> option(List<String> words, String name) {
        int at = words.indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(words.get(at + 1));
    }

    private Cli run(String organization, String command) {
        List<String> words = words(command);
        words.set(words.indexOf("acme"), organization);
        words.addAll(List.of("--url", worker.url()));
        return Cli.run(words.toArray(String[]::new));
    }

    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        return words;
    }
}
