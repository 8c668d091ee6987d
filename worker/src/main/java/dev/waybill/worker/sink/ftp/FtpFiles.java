package dev.waybill.worker.sink.ftp;

import dev.waybill.worker.sink.transfer.RemoteException;
import dev.waybill.worker.sink.transfer.RemoteException.Reason;
import dev.waybill.worker.sink.transfer.RemoteFiles;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPReply;
import org.jspecify.annotations.Nullable;

/// One control connection, as files. Commons Net says by a boolean whether it went well; why not is in the
/// reply code.
final class FtpFiles implements RemoteFiles {

    private static final int OCTAL = 8;

    private final FTPClient client;
    private final String home;

    /// Makes it.
    ///
    /// @param home the directory in which the login begins
    FtpFiles(FTPClient client, String home) {
        this.client = client;
        this.home = home;
    }

    private RemoteException refused() {
        return FtpReply.of(client.getReplyCode());
    }

    /// 550 means that a file is not there, or its directory, or that the login may not: the directory is asked
    /// for.
    private RemoteException refused(String path) throws IOException {
        RemoteException refused = refused();
        if (refused.code() == FtpReply.UNAVAILABLE) {
            int slash = path.lastIndexOf('/');
            requireDirectory(slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash));
        }
        return refused;
    }

    @Override
    public @Nullable Long size(String path) throws IOException {
        String size = client.getSize(path);
        if (size == null) {
            if (client.getReplyCode() == FtpReply.UNAVAILABLE) {
                return null;
            }
            throw refused();
        }
        try {
            return Long.valueOf(size.strip());
        } catch (NumberFormatException e) {
            throw new RemoteException(Reason.FAILED, client.getReplyCode(), "the server tells no size", e);
        }
    }

    @Override
    public void requireDirectory(String path) throws IOException {
        if (!client.changeWorkingDirectory(path)) {
            if (client.getReplyCode() == FtpReply.UNAVAILABLE) {
                throw new RemoteException(
                        Reason.NOT_FOUND, FtpReply.UNAVAILABLE, "the directory " + path + " is not there", null);
            }
            throw refused();
        }
        if (!client.changeWorkingDirectory(home)) {
            throw new IOException("the directory in which the login begins is gone");
        }
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        if (!client.makeDirectory(path)) {
            RemoteException refused = refused();
            try {
                requireDirectory(path);
            } catch (RemoteException e) {
                throw refused;
            }
        }
    }

    @Override
    public InputStream read(String path) throws IOException {
        InputStream in = client.retrieveFileStream(path);
        if (in == null) {
            throw refused(path);
        }
        return new FilterInputStream(in) {
            private boolean closed;

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return in.read(bytes, offset, length);
            }

            // Whoever stops early is told that the transfer was cut off: that is no failure.
            @Override
            public void close() throws IOException {
                if (!closed) {
                    closed = true;
                    in.close();
                    boolean _ = client.completePendingCommand();
                }
            }
        };
    }

    @Override
    public OutputStream write(String path, long offset) throws IOException {
        client.setRestartOffset(offset);
        OutputStream out = client.storeFileStream(path);
        if (out == null) {
            throw refused(path);
        }
        return new FilterOutputStream(out) {
            private boolean closed;

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                out.write(bytes, from, length);
            }

            // The end of the data connection is the end of the file; then the server answers.
            @Override
            public void close() throws IOException {
                if (!closed) {
                    closed = true;
                    out.close();
                    if (!client.completePendingCommand()) {
                        throw refused();
                    }
                }
            }
        };
    }

    /// FTP does not say what becomes of a file of the new name; most servers replace it. So it is looked for,
    /// and a file that comes there in that moment is lost.
    @Override
    public void rename(String from, String to, boolean replace) throws IOException {
        if (!replace && size(to) != null) {
            throw new RemoteException(Reason.EXISTS, 0, "something of that name is already there", null);
        }
        if (!client.rename(from, to)) {
            RemoteException refused = refused();
            if (!replace || size(to) == null) {
                throw refused;
            }
            remove(to);
            if (!client.rename(from, to)) {
                throw refused();
            }
        }
    }

    @Override
    public void remove(String path) throws IOException {
        if (!client.deleteFile(path)) {
            throw refused();
        }
    }

    @Override
    public void permissions(String path, int mode) throws IOException {
        if (!FTPReply.isPositiveCompletion(client.site("CHMOD " + Integer.toString(mode, OCTAL) + " " + path))) {
            throw refused();
        }
    }
}
