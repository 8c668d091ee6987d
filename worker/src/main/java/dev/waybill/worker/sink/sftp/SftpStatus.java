package dev.waybill.worker.sink.sftp;

import dev.waybill.worker.sink.transfer.RemoteException;
import dev.waybill.worker.sink.transfer.RemoteException.Reason;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/// What the status codes of SFTP mean (draft-ietf-secsh-filexfer, 02 for those up to 8, 13 for those above).
/// Servers of version 3 have one code, FAILURE, for an existing file, a full disk and everything else.
final class SftpStatus {

    private SftpStatus() {}

    static RemoteException of(SftpException e) {
        return new RemoteException(reason(e.getStatus()), e.getStatus(), message(e.getStatus()), e);
    }

    static Reason reason(int status) {
        return switch (status) {
            case SftpConstants.SSH_FX_NO_SUCH_FILE,
                    SftpConstants.SSH_FX_NO_SUCH_PATH,
                    SftpConstants.SSH_FX_NOT_A_DIRECTORY -> Reason.NOT_FOUND;
            case SftpConstants.SSH_FX_PERMISSION_DENIED,
                    SftpConstants.SSH_FX_WRITE_PROTECT,
                    SftpConstants.SSH_FX_CANNOT_DELETE -> Reason.PERMISSION_DENIED;
            case SftpConstants.SSH_FX_FILE_ALREADY_EXISTS, SftpConstants.SSH_FX_FILE_IS_A_DIRECTORY -> Reason.EXISTS;
            case SftpConstants.SSH_FX_NO_SPACE_ON_FILESYSTEM -> Reason.NO_SPACE;
            case SftpConstants.SSH_FX_QUOTA_EXCEEDED -> Reason.QUOTA;
            case SftpConstants.SSH_FX_OP_UNSUPPORTED -> Reason.UNSUPPORTED;
            case SftpConstants.SSH_FX_NO_CONNECTION,
                    SftpConstants.SSH_FX_CONNECTION_LOST,
                    SftpConstants.SSH_FX_LOCK_CONFLICT -> Reason.BUSY;
            case SftpConstants.SSH_FX_INVALID_FILENAME -> Reason.REFUSED;
            default -> Reason.FAILED;
        };
    }

    private static String message(int status) {
        return switch (reason(status)) {
            case NOT_FOUND -> "the directory is not there";
            case PERMISSION_DENIED -> "the server does not let this login do that";
            case EXISTS -> "something of that name is already there";
            case NO_SPACE -> "the server has no room left";
            case QUOTA -> "the quota of the login is used up";
            case UNSUPPORTED -> "the server does not know this operation";
            case BUSY -> "the server cannot do it now";
            case REFUSED -> "the server does not take this name";
            case NOT_LOGGED_IN, FAILED -> "the server failed (status " + status + ")";
        };
    }
}
