package dev.waybill.worker.projector.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DatabaseTest {

    private static final int POOL = 8;

    private static TestPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.empty("database");
    }

    private static Database database(String url, Duration statement, Duration transaction) {
        return new Database(new DatabaseSettings(
                url,
                TestPostgres.USER,
                TestPostgres.PASSWORD,
                POOL,
                new DatabaseSettings.Bounds(DatabaseSettings.Bounds.DEFAULT.connect(), statement, transaction)));
    }

    private static String through(HalfOpenProxy proxy) {
        return "jdbc:postgresql://127.0.0.1:" + proxy.port()
                + URI.create(postgres.url().substring("jdbc:".length())).getPath();
    }

    private static long one(Database database) {
        return database.transaction(session -> session.query("select 1").size());
    }

    /// Every one of the pool would be half open; the first that is noticed must speak for all.
    @Test
    void a_server_that_went_away_without_a_word_is_forgotten_within_five_seconds() throws Exception {
        DatabaseSettings.Bounds usual = DatabaseSettings.Bounds.DEFAULT;
        try (HalfOpenProxy proxy = new HalfOpenProxy(
                        URI.create(postgres.url().substring("jdbc:".length())).getPort());
                Database database = database(through(proxy), usual.statement(), usual.transaction())) {
            fill(database);
            proxy.lose();

            long lost = System.nanoTime();
            for (int i = 0; i < 2 * POOL; i++) {
                assertThat(one(database)).isEqualTo(1);
            }

            assertThat(Duration.ofNanos(System.nanoTime() - lost)).isLessThan(Duration.ofSeconds(5));
            assertThat(database.use().totals().created()).isGreaterThan(POOL);
        }
    }

    /// As when the wall clock is set back an hour after an error: what is made from then on must not pass for older.
    @Test
    void age_is_told_by_a_clock_that_only_goes_forward() throws Exception {
        AtomicLong nanos = new AtomicLong(Duration.ofDays(3).toNanos());
        try (Database database = new Database(
                DatabaseSettings.of(postgres.url(), TestPostgres.USER, TestPostgres.PASSWORD, POOL),
                new ForwardClock(nanos::get))) {
            fill(database);
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            assertThatThrownBy(() -> database.transaction(
                            session -> session.query("select pg_terminate_backend(pg_backend_pid())")))
                    .isInstanceOf(DatabaseException.Unavailable.class);
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());

            for (int i = 0; i < 5; i++) {
                assertThat(one(database)).isEqualTo(1);
            }

            assertThat(database.use().totals().created())
                    .as("the old ones are given up, and the new one is not")
                    .isEqualTo(POOL + 1);
        }
    }

    @Test
    void what_lasts_too_long_is_no_fault_of_the_other_connections() throws Exception {
        try (Database database = database(postgres.url(), Duration.ofMillis(100), Duration.ofSeconds(15))) {
            fill(database);

            assertThatThrownBy(() -> database.transaction(session -> session.query("select pg_sleep(20)")))
                    .isInstanceOf(DatabaseException.Unavailable.class);

            fill(database);
            assertThat(database.use().totals().created()).isEqualTo(POOL + 1);
        }
    }

    @Test
    void who_finds_no_place_in_the_pool_closes_no_connection() throws Exception {
        Duration connect = Duration.ofMillis(200);
        try (Database database = new Database(new DatabaseSettings(
                        postgres.url(),
                        TestPostgres.USER,
                        TestPostgres.PASSWORD,
                        1,
                        new DatabaseSettings.Bounds(connect, Duration.ofSeconds(10), Duration.ofMinutes(1))));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            one(database);
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            Future<Boolean> holds = threads.submit(() -> database.transaction(_ -> {
                held.countDown();
                return keepsIt(end);
            }));
            held.await();
            assertThatThrownBy(() -> one(database)).isInstanceOf(DatabaseException.Unavailable.class);
            end.countDown();
            assertThat(holds.get()).isTrue();

            assertThat(one(database)).isEqualTo(1);
            assertThat(database.use().totals().created()).isEqualTo(1);
        }
    }

    @Test
    void a_connection_that_the_server_ended_is_noticed_before_it_is_used() throws Exception {
        try (Database database =
                database(postgres.url(), Duration.ofSeconds(10), DatabaseSettings.Bounds.DEFAULT.transaction())) {
            fill(database);
            postgres.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'waybill'"
                    + " and datname = current_database()");

            for (int i = 0; i < 2 * POOL; i++) {
                assertThat(one(database)).isEqualTo(1);
            }
        }
    }

    /// Opens all connections of the pool, and leaves them idle.
    private static void fill(Database database) throws Exception {
        CountDownLatch all = new CountDownLatch(POOL);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> running = new ArrayList<>();
            for (int i = 0; i < POOL; i++) {
                running.add(threads.submit(() -> database.transaction(_ -> {
                    all.countDown();
                    try {
                        all.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return true;
                })));
            }
            for (Future<Boolean> each : running) {
                assertThat(each.get()).isTrue();
            }
        }
        assertThat(database.use().idle()).isEqualTo(POOL);
    }

    @Test
    void a_statement_that_takes_too_long_is_ended_by_the_server() {
        try (Database database = database(postgres.url(), Duration.ofMillis(200), Duration.ofSeconds(15))) {
            long begun = System.nanoTime();

            assertThatThrownBy(() -> database.transaction(session -> session.query("select pg_sleep(20)")))
                    .isInstanceOf(DatabaseException.Unavailable.class)
                    .hasMessageContaining("57014");

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
            assertThat(postgres.one("select count(*) from pg_stat_activity where query like 'select pg_sleep%'"
                            + " and state = 'active'"))
                    .isEqualTo("0");
            assertThat(one(database)).isEqualTo(1);
            assertThat(database.use().totals().broken()).isEqualTo(1);
        }
    }

    @Test
    void who_keeps_a_connection_for_too_long_is_told_of_with_its_place() throws Exception {
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Borrowers.class);
        logger.addAppender(told);
        try (Database database = database(postgres.url(), Duration.ofMillis(100), Duration.ofMillis(150));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            one(database);
            CountDownLatch end = new CountDownLatch(1);
            Future<?> leaking = threads.submit(() -> database.transaction(_ -> keepsIt(end)));
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !told.list.isEmpty());
            end.countDown();

            assertThatThrownBy(leaking::get).hasCauseInstanceOf(DatabaseException.Unavailable.class);
            assertThat(told.list)
                    .singleElement()
                    .satisfies(event -> assertThat(event.getFormattedMessage())
                            .contains("has been held for", "DatabaseTest.keepsIt"));
        } finally {
            logger.detachAppender(told);
        }
    }

    private static boolean keepsIt(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    @Test
    void a_closed_database_leaves_no_thread() throws IOException {
        Database database = database(postgres.url(), Duration.ofSeconds(1), Duration.ofSeconds(1));
        one(database);
        database.close();

        assertThatThrownBy(() -> one(database)).isInstanceOf(DatabaseException.class);
    }
}
