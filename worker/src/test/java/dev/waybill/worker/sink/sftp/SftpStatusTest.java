package dev.waybill.worker.sink.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.transfer.TransferFaults;
import org.apache.sshd.sftp.common.SftpException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The table of docs/providers/sftp.md.
class SftpStatusTest {

    @ParameterizedTest
    @CsvSource({
        "2, permanent, sftp_not_found, CONFIGURATION",
        "3, permanent, sftp_permission_denied, CONFIGURATION",
        "4, retryable, sftp_failed, RESPONSE",
        "5, retryable, sftp_failed, RESPONSE",
        "6, retryable, sftp_busy, RESPONSE",
        "7, retryable, sftp_busy, RESPONSE",
        "8, permanent, sftp_unsupported, CONFIGURATION",
        "10, permanent, sftp_not_found, CONFIGURATION",
        "11, permanent, sftp_file_exists, PAYLOAD",
        "12, permanent, sftp_permission_denied, CONFIGURATION",
        "14, retryable, sftp_no_space, CAPACITY",
        "15, permanent, sftp_quota_exceeded, CAPACITY",
        "17, retryable, sftp_busy, RESPONSE",
        "19, permanent, sftp_not_found, CONFIGURATION",
        "20, permanent, sftp_refused, PAYLOAD",
        "22, permanent, sftp_permission_denied, CONFIGURATION",
        "99, retryable, sftp_failed, RESPONSE",
    })
    void statuses_mean(int status, String outcome, String code, ErrorCategory category) {
        Failed failed =
                new TransferFaults("sftp").refused(SftpStatus.of(new SftpException(status, "the server's words")));

        assertThat(failed).isInstanceOf(outcome.equals("permanent") ? Permanent.class : Retryable.class);
        assertThat(failed.fault().code()).isEqualTo(code);
        assertThat(failed.fault().category()).isEqualTo(category);
        assertThat(failed.fault().responseCode()).isEqualTo(status);
        assertThat(failed.fault().message()).doesNotContain("the server's words");
    }
}
