package dev.waybill.worker.sink.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.egress.DialException.Failure;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class DialerTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final PhaseClock clock = new PhaseClock();

    private Failure failure(Dialer dialer, String host, int port, Duration timeout) {
        return assertThatThrownBy(() -> dialer.dial(host, port, timeout, clock).close())
                .asInstanceOf(InstanceOfAssertFactories.type(DialException.class))
                .actual()
                .failure();
    }

    private static ServerSocket listen() throws Exception {
        return new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    }

    @Test
    void connects_to_the_address_that_was_checked_whatever_the_name_resolves_to_next() throws Exception {
        int[] lookups = {0};
        NameResolver rebinding = _ -> List.of(InetAddress.ofLiteral(lookups[0]++ == 0 ? "127.0.0.1" : "127.0.0.99"));
        try (ServerSocket server = listen();
                Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1/32"), rebinding));
                Socket socket = dialer.dial("rebinding.example", server.getLocalPort(), SOON, clock)) {
            assertThat(socket.getInetAddress()).isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
            assertThat(lookups[0]).isEqualTo(1);
        }
        assertThat(clock.phases().dns()).isNotNull();
        assertThat(clock.phases().connect()).isNotNull();
    }

    @Test
    void tries_the_next_address() throws Exception {
        NameResolver two = new ScriptedResolver(Map.of("two.example", List.of("127.0.0.98", "127.0.0.1")));
        try (ServerSocket server = listen();
                Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.0/8"), two));
                Socket socket = dialer.dial("two.example", server.getLocalPort(), SOON, clock)) {
            assertThat(((InetSocketAddress) socket.getRemoteSocketAddress()).getAddress())
                    .isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
        }
    }

    @Test
    void refuses_loopback_by_default() {
        try (Dialer dialer = new Dialer(new EgressGuard(List.of(), NameResolver.system()))) {
            assertThat(failure(dialer, "localhost", 1, SOON)).isEqualTo(Failure.DENIED);
            assertThat(failure(dialer, "2130706433", 1, SOON)).isEqualTo(Failure.DENIED);
        }
    }

    @Test
    void tells_a_refused_connection() throws Exception {
        // Bound, so that nobody else takes the port, but not listening.
        try (Socket bound = new Socket();
                Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()))) {
            bound.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));

            assertThat(failure(dialer, "127.0.0.1", bound.getLocalPort(), SOON)).isEqualTo(Failure.REFUSED);
        }
    }

    @Test
    void does_not_wait_for_a_name_server_that_hangs() {
        CountDownLatch never = new CountDownLatch(1);
        NameResolver hanging = _ -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        };
        try (Dialer dialer = new Dialer(new EgressGuard(List.of(), hanging))) {
            assertThat(failure(dialer, "hanging.example", 80, Duration.ofMillis(50)))
                    .isEqualTo(Failure.NAME_TIMEOUT);
        }
    }
}
