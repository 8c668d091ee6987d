package dev.waybill.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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

class SharingTest {

    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration MAX_AGE = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofSeconds(10);

    private final AtomicLong clock = new AtomicLong(1);
    private final Pool<String, Pooled> pool = new Pool<>(new PoolLimits(4, 6, IDLE, MAX_AGE), clock::get);
    private final Sharing<String, Pooled> sharing = new Sharing<>(pool);
    private final List<FakeShareable> made = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private Share<String, Pooled> take(int capacity) throws Exception {
        return sharing.take("a", SOON, () -> make(capacity));
    }

    private FakeShareable make(int capacity) {
        FakeShareable connection = new FakeShareable(capacity);
        made.add(connection);
        return connection;
    }

    private void awaitWaiting(int count) {
        Awaitility.await().atMost(SOON).until(() -> sharing.use().waiting() == count);
    }

    @Test
    void callers_share_a_connection_up_to_what_it_takes() throws Exception {
        Share<String, Pooled> first = take(2);
        Share<String, Pooled> second = take(2);
        Share<String, Pooled> third = take(2);

        assertThat(second.connection()).isSameAs(first.connection());
        assertThat(third.connection()).isNotSameAs(first.connection());
        assertThat(List.of(first.joined(), second.joined(), third.joined())).containsExactly(false, true, false);
        assertThat(sharing.use().inUse()).isEqualTo(2);
        second.close();
        assertThat(take(2).connection()).isSameAs(first.connection());
    }

    @Test
    void the_last_user_leaves_the_connection_in_the_pool() throws Exception {
        Share<String, Pooled> first = take(2);
        Share<String, Pooled> second = take(2);
        first.close();
        assertThat(sharing.use().inUse()).isEqualTo(1);
        second.close();
        assertThat(sharing.use().inUse()).isZero();
        assertThat(sharing.use().idle()).isEqualTo(1);

        assertThat(take(2).connection()).isSameAs(first.connection());
        assertThat(made).hasSize(1);
        assertThat(sharing.use().totals().reused()).isEqualTo(2);
    }

    @Test
    void who_comes_while_one_is_made_waits_for_it() throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        List<Future<Share<String, Pooled>>> takers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            takers.add(threads.submit(() -> sharing.take("a", SOON, () -> {
                connected.await();
                return make(10);
            })));
        }
        awaitWaiting(4);
        connected.countDown();
        for (Future<Share<String, Pooled>> each : takers) {
            assertThat(each.get().connection()).isSameAs(made.getFirst());
        }
        assertThat(made).hasSize(1);
    }

    @Test
    void nobody_waits_for_a_peer_whose_connections_are_not_for_sharing() throws Exception {
        try (Share<String, Pooled> first = sharing.take("a", SOON, () -> new FakeConnection("a"))) {
            assertThat(first.lease()).isNotNull();
        }
        CountDownLatch both = new CountDownLatch(2);
        Lease.Opener<Pooled> opener = () -> {
            both.countDown();
            both.await();
            return new FakeConnection("a");
        };
        Future<Share<String, Pooled>> second = threads.submit(() -> sharing.take("a", SOON, opener));
        Future<Share<String, Pooled>> third = threads.submit(() -> sharing.take("a", SOON, opener));

        assertThat(second.get().connection()).isNotSameAs(third.get().connection());
        // What changes its mind is believed.
        assertThat(take(2).lease()).isNull();
        assertThat(take(2).joined()).isTrue();
    }

    @Test
    void when_one_cannot_connect_the_next_one_tries() throws Exception {
        CountDownLatch failing = new CountDownLatch(1);
        Future<?> first = threads.submit(() -> sharing.take("a", SOON, () -> {
            failing.await();
            throw new ConnectException("refused");
        }));
        Awaitility.await().atMost(SOON).until(() -> sharing.use().inUse() == 1);
        Future<Share<String, Pooled>> second = threads.submit(() -> take(2));
        awaitWaiting(1);
        failing.countDown();

        assertThatThrownBy(first::get).hasCauseInstanceOf(IOException.class);
        assertThat(second.get().connection()).isSameAs(made.getFirst());
    }

    @Test
    void one_who_gives_up_while_connecting_leaves_it_to_the_next() throws Exception {
        Future<?> first = threads.submit(() -> sharing.take("a", SOON, () -> {
            new CountDownLatch(1).await();
            return make(2);
        }));
        Awaitility.await().atMost(SOON).until(() -> sharing.use().inUse() == 1);
        Future<Share<String, Pooled>> second = threads.submit(() -> take(2));
        awaitWaiting(1);
        first.cancel(true);

        assertThat(second.get().connection()).isSameAs(made.getFirst());
    }

    @Test
    void who_waited_for_another_s_connection_in_vain_can_tell() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        var _ = threads.submit(() -> sharing.take("a", SOON, () -> {
            never.await();
            return make(2);
        }));
        Awaitility.await().atMost(SOON).until(() -> sharing.use().inUse() == 1);

        assertThatThrownBy(() -> sharing.take("a", Duration.ofMillis(20), () -> make(2)))
                .isInstanceOf(SlowPeerException.class);
        assertThat(made).isEmpty();
    }

    @Test
    void when_all_places_are_taken_who_asks_is_turned_away() throws Exception {
        for (int i = 0; i < 4; i++) {
            var _ = take(1);
        }

        assertThatThrownBy(() -> sharing.take("a", Duration.ofMillis(20), () -> make(1)))
                .isInstanceOf(TimeoutException.class);
    }

    @Test
    void a_connection_of_age_takes_nobody_new_and_ends_with_its_last_user() throws Exception {
        Share<String, Pooled> first = take(2);
        clock.addAndGet(MAX_AGE.toNanos());
        Share<String, Pooled> second = take(2);

        assertThat(second.connection()).isNotSameAs(first.connection());
        assertThat(made.getFirst().discarded).isFalse();
        first.close();
        assertThat(made.getFirst().discarded).isTrue();
        assertThat(made.getLast().discarded).isFalse();
    }

    @Test
    void a_connection_that_takes_no_more_ends_with_its_last_user() throws Exception {
        Share<String, Pooled> first = take(2);
        Share<String, Pooled> second = take(2);
        made.getFirst().capacity = 0;
        assertThat(take(2).connection()).isNotSameAs(first.connection());

        first.close();
        assertThat(made.getFirst().discarded).isFalse();
        second.close();
        assertThat(made.getFirst().discarded).isTrue();
        assertThat(sharing.use().totals().broken()).isEqualTo(1);
    }

    @Test
    void connections_in_use_are_looked_after() throws Exception {
        var _ = take(2);
        sharing.sweep();

        assertThat(made.getFirst().tended).hasValue(1);
    }

    /// Whatever many threads do, no connection has more users than it takes, and nothing leaks.
    @Test
    void bounds_hold_whatever_happens() throws Exception {
        long seed = System.nanoTime();
        List<Future<?>> running = new ArrayList<>();
        AtomicInteger served = new AtomicInteger();
        for (int thread = 0; thread < 24; thread++) {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(seed + thread);
            running.add(threads.submit(() -> {
                for (int i = 0; i < 300; i++) {
                    use(random, served);
                }
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
        pool.close();

        assertThat(served).as("seed %d", seed).hasPositiveValue();
        assertThat(sharing.use().inUse()).as("seed %d", seed).isZero();
        assertThat(sharing.use().waiting()).as("seed %d", seed).isZero();
        assertThat(made).as("seed %d", seed).allMatch(one -> one.discarded && one.users.get() == 0);
        assertThat(made).as("seed %d", seed).allMatch(one -> one.most.get() <= 3);
    }

    private void use(RandomGenerator random, AtomicInteger served) throws Exception {
        try (Share<String, Pooled> share = sharing.take("p" + random.nextInt(3), Duration.ofMillis(50), () -> {
            if (random.nextInt(5) == 0) {
                throw new ConnectException("refused");
            }
            return make(3);
        })) {
            FakeShareable connection = (FakeShareable) share.connection();
            connection.enter();
            Thread.sleep(random.nextInt(2));
            connection.leave();
            served.incrementAndGet();
            if (random.nextInt(20) == 0) {
                connection.capacity = 0;
            }
        } catch (IOException | TimeoutException e) {
            // Refused, or others were quicker.
        }
        if (random.nextInt(30) == 0) {
            pool.sweep();
            sharing.sweep();
        }
    }
}
