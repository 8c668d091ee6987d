package dev.waybill.worker.sink.transfer;

import dev.waybill.worker.sink.transfer.RemoteException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A server in memory, which can fail at any step.
final class FakeFiles implements RemoteFiles {

    final Map<String, byte[]> contents = new TreeMap<>();
    final Set<String> directories = new HashSet<>(Set.of("."));
    final List<String> done = new ArrayList<>();
    final Map<String, IOException> failures = new TreeMap<>();

    @Nullable
    Long free;

    boolean unreadable;
    boolean corrupting;

    /// Fails the first time that something of this name is done.
    void fail(String step, IOException failure) {
        failures.put(step, failure);
    }

    static RemoteException refusal(Reason reason) {
        return new RemoteException(reason, 0, "no", null);
    }

    private void step(String name, String what) throws IOException {
        done.add(name + " " + what);
        IOException failure = failures.remove(name);
        if (failure != null) {
            throw failure;
        }
    }

    void put(String path, String text) {
        contents.put(path, text.getBytes(StandardCharsets.UTF_8));
    }

    String text(String path) {
        return new String(contents.get(path), StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable Long size(String path) throws IOException {
        step("size", path);
        byte[] found = contents.get(path);
        return found == null ? null : (long) found.length;
    }

    @Override
    public void requireDirectory(String path) throws IOException {
        step("directory", path);
        if (!directories.contains(path)) {
            throw refusal(Reason.NOT_FOUND);
        }
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        step("make", path);
        directories.add(path);
    }

    @Override
    public InputStream read(String path) throws IOException {
        step("read", path);
        if (unreadable) {
            throw refusal(Reason.PERMISSION_DENIED);
        }
        return new ByteArrayInputStream(contents.get(path));
    }

    @Override
    public OutputStream write(String path, long offset) throws IOException {
        step("write", path + " from " + offset);
        byte[] before = offset == 0 ? new byte[0] : Arrays.copyOf(contents.get(path), (int) offset);
        contents.put(path, before);
        return new ByteArrayOutputStream() {
            @Override
            public void close() throws IOException {
                byte[] all = Arrays.copyOf(before, before.length + size());
                System.arraycopy(toByteArray(), 0, all, before.length, size());
                if (corrupting && all.length > 0) {
                    all[0]++;
                }
                contents.put(path, all);
                step("close", path);
            }
        };
    }

    @Override
    public void rename(String from, String to, boolean replace) throws IOException {
        step("rename", from + " to " + to + (replace ? " replacing" : ""));
        if (!replace && contents.containsKey(to)) {
            throw refusal(Reason.EXISTS);
        }
        contents.put(to, contents.remove(from));
    }

    @Override
    public void remove(String path) throws IOException {
        step("remove", path);
        contents.remove(path);
    }

    @Override
    public void permissions(String path, int mode) throws IOException {
        step("permissions", path + " " + Integer.toOctalString(mode));
    }

    @Override
    public @Nullable Long freeSpace(String directory) {
        return free;
    }
}
