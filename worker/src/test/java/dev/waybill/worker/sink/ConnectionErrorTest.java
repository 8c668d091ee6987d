package dev.waybill.worker.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectionErrorTest {

    @ParameterizedTest
    @CsvSource({
        "DNS,dns_failed,DNS_FAILED",
        "DNS,dns_timeout,DNS_FAILED",
        "CONNECT,connect_refused,CONNECT_REFUSED",
        "CONNECT,connect_unreachable,CONNECT_FAILED",
        "TIMEOUT,connect_timeout,TIMEOUT",
        "TIMEOUT,first_byte_timeout,TIMEOUT",
        "TLS,tls_untrusted,TLS_UNTRUSTED",
        "TLS,tls_expired,TLS_EXPIRED",
        "TLS,tls_name_mismatch,TLS_NAME_MISMATCH",
        "TLS,tls_client_certificate_required,TLS_CLIENT_CERTIFICATE",
        "TLS,tls_failed,TLS_FAILED",
        "EGRESS_DENIED,egress_denied,EGRESS_DENIED",
        "RESPONSE,invalid_response,PROTOCOL_ERROR",
        "CONNECTION_LOST,connection_lost,CONNECT_FAILED",
        "THROTTLED,http_429,RATE_LIMITED",
        "AUTHENTICATION,http_401,AUTH_FAILED",
        "CAPACITY,file_disk_full,NO_SPACE",
        "CONFIGURATION,invalid_settings,INVALID_SETTINGS",
        "INTERNAL,closed,INTERNAL"
    })
    void aFaultHasItsCode(ErrorCategory category, String code, ConnectionError error) {
        assertThat(ConnectionError.of(Fault.of(category, code, null))).isEqualTo(error);
    }

    @ParameterizedTest
    @EnumSource(ErrorCategory.class)
    void aCodeThatIsNotKnownHasThatOfItsCategory(ErrorCategory category) {
        assertThat(ConnectionError.of(Fault.of(category, "of_tomorrow", null))).isNotNull();
    }

    @ParameterizedTest
    @EnumSource(ConnectionError.class)
    void everyCodeSaysWhatToDo(ConnectionError error) {
        assertThat(error.hint()).endsWith(".");
        assertThat(error.wireName()).matches("[a-z_]+");
    }

    @Test
    void theDocumentationHasAllCodes() throws IOException {
        String page = Files.readString(Path.of("../docs/rest.md"));
        assertThat(ConnectionError.values()).allMatch(error -> page.contains("`" + error.wireName() + "`"));
    }

    @Test
    void stepsAreWrittenInTheirOrder() {
        ConnectionReport report = new ConnectionSteps()
                .passed("connect", ConnectionReport.Phase.CONNECT)
                .proved(ConnectionReport.Permission.WRITE)
                .detail("host", "a")
                .detail("nothing", null)
                .failed("login", ConnectionReport.Phase.AUTHENTICATE, ConnectionError.AUTH_FAILED, "no");
        assertThat(report.success()).isFalse();
        assertThat(report.checks())
                .extracting(check -> check.name() + " " + check.passed())
                .containsExactly("connect true", "login false");
        assertThat(report.phases())
                .containsOnlyKeys(ConnectionReport.Phase.CONNECT, ConnectionReport.Phase.AUTHENTICATE);
        assertThat(report.details()).containsOnlyKeys("host");
        assertThat(report.permissions()).containsExactly(ConnectionReport.Permission.WRITE);
    }
}
