package dev.waybill.worker.sink.ftp;

import dev.waybill.worker.sink.transfer.RemoteException;
import dev.waybill.worker.sink.transfer.RemoteException.Reason;

/// What the reply codes of FTP mean (RFC 959, section 4.2; RFC 4217 for TLS). 4yz may go well another time, 5yz
/// will not.
final class FtpReply {

    /// The server wants the data connection to resume the session of the control connection, and it did not; or
    /// the port cannot be reached.
    private static final int NO_DATA_CONNECTION = 425;

    private static final int NO_SPACE = 452;
    private static final int SERVICE_CLOSING = 421;
    private static final int FILE_BUSY = 450;
    private static final int NO_PROTECTION = 522;
    private static final int NOT_LOGGED_IN = 530;
    private static final int NEEDS_ACCOUNT = 532;
    static final int UNAVAILABLE = 550;
    private static final int QUOTA = 552;
    private static final int NAME_NOT_ALLOWED = 553;

    private FtpReply() {}

    static RemoteException of(int code) {
        return new RemoteException(reason(code), code, message(code), null);
    }

    static Reason reason(int code) {
        return switch (code) {
            case SERVICE_CLOSING, FILE_BUSY -> Reason.BUSY;
            case NO_SPACE -> Reason.NO_SPACE;
            case NOT_LOGGED_IN, NEEDS_ACCOUNT -> Reason.NOT_LOGGED_IN;
            case UNAVAILABLE -> Reason.PERMISSION_DENIED;
            case QUOTA -> Reason.QUOTA;
            case NAME_NOT_ALLOWED -> Reason.REFUSED;
            case 500, 501, 502, 503, 504, 534, 536, NO_PROTECTION -> Reason.UNSUPPORTED;
            default -> code >= 500 ? Reason.REFUSED : Reason.FAILED;
        };
    }

    private static String message(int code) {
        return switch (reason(code)) {
            case BUSY -> "the server cannot do it now";
            case NO_SPACE -> "the server has no room left";
            case NOT_LOGGED_IN -> "the server does not accept the login";
            case PERMISSION_DENIED -> "the server does not let this login do that";
            case QUOTA -> "the quota of the login is used up";
            case UNSUPPORTED -> "the server does not do this";
            case REFUSED -> "the server does not take it";
            case NOT_FOUND, EXISTS, FAILED ->
                code == NO_DATA_CONNECTION
                        ? "the server opens no data connection: its passive ports must be reachable"
                        : "the server failed (reply " + code + ")";
        };
    }
}
