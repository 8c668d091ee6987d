package dev.waybill.worker.sink.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// The files of a server, as one login sees them. For one thread at a time.
///
/// Every call waits for the server's answer. It throws a [RemoteException] if the server refuses, and another
/// [IOException] if there is no answer; then nothing more can be done with it.
public interface RemoteFiles {

    /// The size of a file; null if nothing of that name is there.
    ///
    /// @throws RemoteException with reason EXISTS if it is a directory
    @Nullable
    Long size(String path) throws IOException;

    /// Finds out that a directory is there.
    ///
    /// @throws RemoteException with reason NOT_FOUND if it is not
    void requireDirectory(String path) throws IOException;

    /// Makes a directory below one that is there. It may be there already.
    void makeDirectory(String path) throws IOException;

    /// The bytes of a file; closing it early is fine.
    InputStream read(String path) throws IOException;

    /// Writes a file from an offset on. At 0 it is made, or emptied.
    ///
    /// Closing waits until the server has taken everything, and has it flushed to its disk where that can be
    /// asked for.
    OutputStream write(String path, long offset) throws IOException;

    /// Gives a file another name in one step, where the server can.
    ///
    /// @param replace whether a file of that name is replaced
    /// @throws RemoteException with reason EXISTS if there is one and it is not to be replaced
    void rename(String from, String to, boolean replace) throws IOException;

    void remove(String path) throws IOException;

    /// Sets permission bits.
    void permissions(String path, int mode) throws IOException;

    /// SHA-256 of a file, by the server, in lower-case hex; null if it does not tell.
    default @Nullable String sha256(String path) throws IOException {
        return null;
    }

    /// Bytes that may still be written in a directory; null if the server does not tell.
    default @Nullable Long freeSpace(String directory) throws IOException {
        return null;
    }
}
