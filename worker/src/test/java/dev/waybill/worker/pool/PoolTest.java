package dev.waybill.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PoolTest {

    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration MAX_AGE = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofSeconds(10);

    private final AtomicLong clock = new AtomicLong(1);
    private final List<FakeConnection> made = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private Pool<String, FakeConnection> pool(int perPeer, int total) {
        return new Pool<>(new PoolLimits(perPeer, total, IDLE, MAX_AGE), clock::get);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    private FakeConnection connect(Lease<String, FakeConnection> lease, String peer) throws Exception {
        return lease.connect(SOON, () -> {
            FakeConnection connection = new FakeConnection(peer);
            made.add(connection);
            return connection;
        });
    }

    /// Uses a connection for a moment, as a request does.
    private FakeConnection use(Pool<String, FakeConnection> pool, String peer) throws Exception {
        try (Lease<String, FakeConnection> lease = pool.lease(peer, Duration.ZERO)) {
            FakeConnection kept = lease.reuse();
            FakeConnection connection = kept == null ? connect(lease, peer) : kept;
            lease.keep(null);
            return connection;
        }
    }

    @Test
    void a_kept_connection_is_used_again_and_one_that_is_not_kept_is_closed() throws Exception {
        var pool = pool(2, 4);
        FakeConnection first = use(pool, "a");

        assertThat(use(pool, "a")).isSameAs(first);
        try (var lease = pool.lease("a", Duration.ZERO)) {
            assertThat(lease.reuse()).isSameAs(first);
        }
        assertThat(first.discarded).isTrue();
        assertThat(use(pool, "a")).isNotSameAs(first);
    }

    @Test
    void connections_of_one_peer_are_never_given_to_another() throws Exception {
        var pool = pool(2, 4);
        use(pool, "a");

        assertThat(use(pool, "b").peer).isEqualTo("b");
    }

    @Test
    void an_idle_connection_ends_when_the_peer_says_so_or_after_the_longest_time() throws Exception {
        var pool = pool(2, 4);
        try (var lease = pool.lease("a", Duration.ZERO)) {
            connect(lease, "a");
            lease.keep(Duration.ofSeconds(3));
        }
        pass(Duration.ofSeconds(3));
        pool.sweep();
        assertThat(made.getFirst().discarded).isTrue();

        FakeConnection second = use(pool, "a");
        pass(IDLE.minusNanos(1));
        pool.sweep();
        assertThat(second.discarded).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(use(pool, "a")).isNotSameAs(second);
        assertThat(second.discarded).isTrue();
        assertThat(pool.use().totals().evicted()).isEqualTo(2);
    }

    @Test
    void a_connection_that_is_always_used_ends_with_its_age() throws Exception {
        var pool = pool(2, 4);
        FakeConnection first = use(pool, "a");
        for (Duration age = Duration.ofSeconds(20);
                age.compareTo(MAX_AGE) < 0;
                age = age.plus(Duration.ofSeconds(20))) {
            pass(Duration.ofSeconds(20));
            assertThat(use(pool, "a")).isSameAs(first);
        }
        pass(Duration.ofSeconds(20));

        assertThat(use(pool, "a")).isNotSameAs(first);
        assertThat(first.discarded).isTrue();
    }

    @Test
    void a_sweep_closes_what_the_other_side_has_ended() throws Exception {
        var pool = pool(2, 4);
        FakeConnection gone = use(pool, "a");
        FakeConnection well = use(pool, "b");
        gone.well = false;
        pool.sweep();

        assertThat(gone.discarded).isTrue();
        assertThat(well.discarded).isFalse();
        assertThat(pool.use().idle()).isEqualTo(1);
        assertThat(pool.use().totals().broken()).isEqualTo(1);
        assertThat(use(pool, "b")).isSameAs(well);
    }

    @Test
    void the_longest_idle_connection_gives_way_to_another_peer() throws Exception {
        var pool = pool(2, 3);
        FakeConnection a = use(pool, "a");
        FakeConnection b = use(pool, "b");
        FakeConnection c = use(pool, "c");
        assertThat(use(pool, "a")).isSameAs(a);
        use(pool, "d");

        assertThat(b.discarded).isTrue();
        assertThat(List.of(a, c)).noneMatch(connection -> connection.discarded);
        assertThat(pool.use().idle()).isEqualTo(3);
    }

    @Test
    void a_sweep_leaves_the_order_in_which_connections_give_way() throws Exception {
        var pool = pool(2, 3);
        FakeConnection a = use(pool, "a");
        FakeConnection b = use(pool, "b");
        FakeConnection c = use(pool, "c");
        pool.sweep();
        use(pool, "d");
        assertThat(a.discarded).isTrue();
        pool.sweep();
        use(pool, "e");

        assertThat(b.discarded).isTrue();
        assertThat(c.discarded).isFalse();
    }

    @Test
    void who_waits_is_served_in_order_and_given_up_in_time() throws Exception {
        var pool = pool(1, 4);
        Lease<String, FakeConnection> held = pool.lease("a", Duration.ZERO);
        assertThatThrownBy(() -> pool.lease("a", Duration.ofMillis(20))).isInstanceOf(TimeoutException.class);

        List<Integer> order = new ArrayList<>();
        List<Future<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            waiting.add(threads.submit(() -> {
                try (var _ = pool.lease("a", SOON)) {
                    order.add(number);
                }
                return null;
            }));
            Awaitility.await().atMost(SOON).until(() -> pool.use().waiting() == number + 1);
        }
        held.close();
        for (Future<?> each : waiting) {
            each.get();
        }
        assertThat(order).containsExactly(0, 1, 2);
        assertThat(pool.use().totals().waits()).isEqualTo(4);
        assertThat(pool.use().totals().waited()).isPositive();
    }

    @Test
    void a_busy_peer_does_not_keep_another_out_when_all_places_are_taken() throws Exception {
        var pool = pool(2, 2);
        Lease<String, FakeConnection> one = pool.lease("busy", Duration.ZERO);
        connect(one, "busy");
        Lease<String, FakeConnection> two = pool.lease("busy", Duration.ZERO);
        connect(two, "busy");
        for (int i = 0; i < 5; i++) {
            var _ = threads.submit(() -> pool.lease("busy", SOON));
        }
        Awaitility.await().atMost(SOON).until(() -> pool.use().waiting() == 5);
        Future<Lease<String, FakeConnection>> other = threads.submit(() -> pool.lease("other", SOON));
        Awaitility.await().atMost(SOON).until(() -> pool.use().waiting() == 6);

        one.keep(null);
        one.close();

        assertThat(other.get()).isNotNull();
    }

    @Test
    void a_peer_that_takes_no_connection_is_left_alone_and_others_are_not() throws Exception {
        var pool = pool(8, 8);
        AtomicInteger tried = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            try (var lease = pool.lease("dead", Duration.ZERO)) {
                assertThatThrownBy(() -> lease.connect(SOON, () -> {
                            tried.incrementAndGet();
                            throw new ConnectException("refused");
                        }))
                        .isInstanceOf(IOException.class);
            }
            pass(Duration.ofMillis(1));
        }

        assertThat(tried).hasValue(Reconnects.TOLERATED + 1);
        assertThat(pool.use().inUse()).isZero();
        assertThat(use(pool, "well").peer).isEqualTo("well");

        pass(Reconnects.LONGEST);
        assertThat(use(pool, "dead").peer).isEqualTo("dead");
    }

    @Test
    void who_gave_up_says_nothing_about_the_peer() throws Exception {
        var pool = pool(8, 8);
        for (int i = 0; i < 10; i++) {
            try (var lease = pool.lease("a", Duration.ZERO)) {
                assertThatThrownBy(() -> lease.connect(SOON, () -> {
                            throw new InterruptedException();
                        }))
                        .isInstanceOf(InterruptedException.class);
            }
            pass(Duration.ofMillis(1));
        }

        assertThat(use(pool, "a").peer).isEqualTo("a");
    }

    @Test
    void a_closed_pool_turns_away_who_waits_and_closes_what_comes_back() throws Exception {
        var pool = pool(1, 1);
        use(pool, "a");
        Lease<String, FakeConnection> held = pool.lease("a", Duration.ZERO);
        FakeConnection connection = Objects.requireNonNull(held.reuse());
        Future<?> waiting = threads.submit(() -> pool.lease("a", SOON));
        Awaitility.await().atMost(SOON).until(() -> pool.use().waiting() == 1);
        pool.close();

        assertThatThrownBy(waiting::get).hasCauseInstanceOf(IOException.class);
        held.keep(null);
        held.close();
        assertThat(connection.discarded).isTrue();
        assertThat(pool.use().inUse()).isZero();
    }

    /// Whatever many threads do, no bound is broken, nothing is used twice at a time, nothing leaks.
    @Test
    void bounds_hold_whatever_happens() throws Exception {
        long seed = System.nanoTime();
        var pool =
                new Pool<String, CountedConnection>(new PoolLimits(3, 7, Duration.ofMillis(2), Duration.ofMillis(20)));
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < 24; thread++) {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(seed + thread);
            running.add(threads.submit(() -> {
                for (int i = 0; i < 500; i++) {
                    String peer = "p" + random.nextInt(5);
                    try (var lease = pool.lease(peer, Duration.ofMillis(random.nextInt(1, 20)))) {
                        CountedConnection kept = lease.reuse();
                        CountedConnection connection =
                                kept == null ? lease.connect(SOON, () -> new CountedConnection(open, most)) : kept;
                        connection.use(random.nextInt(3));
                        if (random.nextInt(4) > 0) {
                            lease.keep(null);
                        }
                    } catch (TimeoutException e) {
                        // Others were quicker.
                    }
                    if (random.nextInt(50) == 0) {
                        pool.sweep();
                    }
                }
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
        pool.close();

        assertThat(most.get()).as("seed %d", seed).isBetween(1, 7);
        assertThat(open.get()).as("seed %d", seed).isZero();
        assertThat(pool.use().inUse()).as("seed %d", seed).isZero();
    }

    /// Notices when two have it.
    private static final class CountedConnection implements Pooled {

        private final AtomicInteger open;
        private final AtomicInteger users = new AtomicInteger();
        private boolean discarded;

        CountedConnection(AtomicInteger open, AtomicInteger most) {
            this.open = open;
            int now = open.incrementAndGet();
            most.accumulateAndGet(now, Math::max);
        }

        void use(int millis) throws InterruptedException {
            assertThat(users.incrementAndGet()).isEqualTo(1);
            Thread.sleep(millis);
            users.decrementAndGet();
        }

        @Override
        public boolean isUsable(Duration idle) {
            return users.get() == 0;
        }

        @Override
        public void discard() {
            assertThat(discarded).isFalse();
            discarded = true;
            open.decrementAndGet();
        }
    }
}
