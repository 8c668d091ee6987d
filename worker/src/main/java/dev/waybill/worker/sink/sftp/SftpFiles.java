package dev.waybill.worker.sink.sftp;

import dev.waybill.worker.sink.transfer.RemoteException;
import dev.waybill.worker.sink.transfer.RemoteException.Reason;
import dev.waybill.worker.sink.transfer.RemoteFiles;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClient.CloseableHandle;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.extensions.CheckFileNameExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHFsyncExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHStatExtensionInfo;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHStatPathExtension;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.apache.sshd.sftp.client.impl.SftpOutputStreamAsync;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/// One channel of a session, as files. Writes are sent without waiting for the answers to those before.
final class SftpFiles implements RemoteFiles {

    /// What every server takes in one packet (draft-ietf-secsh-filexfer-02, section 3).
    private static final int PACKET = 32 * 1024;

    private static final String SHA_256 = "sha256";

    private final AbstractSftpClient client;

    SftpFiles(AbstractSftpClient client) {
        this.client = client;
    }

    /// Something the server is asked.
    private interface Asking<T extends @Nullable Object> {
        T ask() throws IOException;
    }

    private static <T extends @Nullable Object> T answer(Asking<T> asking) throws IOException {
        try {
            return asking.ask();
        } catch (SftpException e) {
            throw SftpStatus.of(e);
        }
    }

    private interface Telling {
        void tell() throws IOException;
    }

    private static void tell(Telling telling) throws IOException {
        try {
            telling.tell();
        } catch (SftpException e) {
            throw SftpStatus.of(e);
        }
    }

    private @Nullable Attributes stat(String path) throws IOException {
        try {
            return client.stat(path);
        } catch (SftpException e) {
            if (SftpStatus.reason(e.getStatus()) == Reason.NOT_FOUND) {
                return null;
            }
            throw SftpStatus.of(e);
        }
    }

    @Override
    public @Nullable Long size(String path) throws IOException {
        Attributes found = stat(path);
        if (found != null && found.isDirectory()) {
            throw new RemoteException(Reason.EXISTS, 0, "there is a directory of that name", null);
        }
        return found == null ? null : found.getSize();
    }

    @Override
    public void requireDirectory(String path) throws IOException {
        Attributes found = stat(path);
        if (found == null || !found.isDirectory()) {
            throw new RemoteException(
                    Reason.NOT_FOUND,
                    SftpConstants.SSH_FX_NO_SUCH_FILE,
                    "the directory " + path + " is not there",
                    null);
        }
    }

    /// A server of version 3 says FAILURE if it is there already.
    @Override
    public void makeDirectory(String path) throws IOException {
        try {
            client.mkdir(path);
        } catch (SftpException e) {
            Attributes found = stat(path);
            if (found == null || !found.isDirectory()) {
                throw SftpStatus.of(e);
            }
        }
    }

    @Override
    public InputStream read(String path) throws IOException {
        InputStream in = answer(() -> client.read(path, PACKET, List.of(OpenMode.Read)));
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                return answer(in::read);
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return answer(() -> in.read(bytes, offset, length));
            }

            @Override
            public void close() throws IOException {
                tell(in::close);
            }
        };
    }

    @Override
    public OutputStream write(String path, long offset) throws IOException {
        Set<OpenMode> modes = offset == 0
                ? EnumSet.of(OpenMode.Write, OpenMode.Create, OpenMode.Truncate)
                : EnumSet.of(OpenMode.Write);
        CloseableHandle handle = answer(() -> client.open(path, modes));
        SftpOutputStreamAsync out = new SftpOutputStreamAsync(client, PACKET, path, handle, false);
        out.setOffset(offset);
        return new FilterOutputStream(out) {
            private boolean closed;

            @Override
            public void write(int b) throws IOException {
                tell(() -> out.write(b));
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                tell(() -> out.write(bytes, from, length));
            }

            // The answers to all writes, then the disk, then the answer to close.
            @Override
            public void close() throws IOException {
                if (closed) {
                    return;
                }
                closed = true;
                try (handle) {
                    tell(out::close);
                    flush(handle);
                } catch (SftpException e) {
                    throw SftpStatus.of(e);
                }
            }

            private void flush(CloseableHandle handle) throws IOException {
                OpenSSHFsyncExtension fsync = client.getExtension(OpenSSHFsyncExtension.class);
                if (fsync != null && fsync.isSupported()) {
                    tell(() -> fsync.fsync(handle));
                }
            }
        };
    }

    /// A plain rename of version 3 does not replace, and OpenSSH does it by a link, so that a file that comes
    /// there in the same moment stays. One that replaces in one step is an extension; without it there is a
    /// moment without the file.
    @Override
    public void rename(String from, String to, boolean replace) throws IOException {
        OpenSSHPosixRenameExtension posix = client.getExtension(OpenSSHPosixRenameExtension.class);
        if (replace && posix != null && posix.isSupported()) {
            tell(() -> posix.posixRename(from, to));
            return;
        }
        try {
            client.rename(from, to, List.of());
        } catch (SftpException e) {
            if (stat(to) == null) {
                throw SftpStatus.of(e);
            }
            if (!replace) {
                throw SftpStatus.of(new SftpException(SftpConstants.SSH_FX_FILE_ALREADY_EXISTS, ""));
            }
            tell(() -> client.remove(to));
            tell(() -> client.rename(from, to, List.of()));
        }
    }

    @Override
    public void remove(String path) throws IOException {
        tell(() -> client.remove(path));
    }

    @Override
    public void permissions(String path, int mode) throws IOException {
        tell(() -> client.setStat(path, new Attributes().perms(mode)));
    }

    /// By `check-file` of draft-ietf-secsh-filexfer-extensions, which ProFTPD has and OpenSSH has not.
    @Override
    public @Nullable String sha256(String path) throws IOException {
        CheckFileNameExtension check = client.getExtension(CheckFileNameExtension.class);
        if (check == null || !check.isSupported()) {
            return null;
        }
        try {
            Map.Entry<String, Collection<byte[]>> answer = check.checkFileName(path, List.of(SHA_256), 0, 0, 0);
            boolean known = answer != null
                    && SHA_256.equals(answer.getKey())
                    && answer.getValue().size() == 1;
            return known ? HexFormat.of().formatHex(answer.getValue().iterator().next()) : null;
        } catch (SftpException e) {
            return null;
        }
    }

    @Override
    public @Nullable Long freeSpace(String directory) throws IOException {
        OpenSSHStatPathExtension statvfs = client.getExtension(OpenSSHStatPathExtension.class);
        if (statvfs == null || !statvfs.isSupported()) {
            return null;
        }
        OpenSSHStatExtensionInfo found = answer(() -> statvfs.stat(directory));
        return found.f_bavail * found.f_frsize;
    }
}
