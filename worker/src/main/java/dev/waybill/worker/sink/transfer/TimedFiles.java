package dev.waybill.worker.sink.transfer;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Files whose server has so long for each answer.
record TimedFiles(RemoteFiles files, Run run, Duration timeout) implements RemoteFiles {

    @Override
    public @Nullable Long size(String path) throws IOException {
        try (var _ = run.answerWithin(timeout)) {
            return files.size(path);
        }
    }

    @Override
    public void requireDirectory(String path) throws IOException {
        does(() -> files.requireDirectory(path));
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        does(() -> files.makeDirectory(path));
    }

    @Override
    public InputStream read(String path) throws IOException {
        InputStream in;
        try (var _ = run.answerWithin(timeout)) {
            in = files.read(path);
        }
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                try (var _ = run.answerWithin(timeout)) {
                    return in.read();
                }
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                try (var _ = run.answerWithin(timeout)) {
                    return in.read(bytes, offset, length);
                }
            }

            @Override
            public void close() throws IOException {
                does(in::close);
            }
        };
    }

    @Override
    public OutputStream write(String path, long offset) throws IOException {
        OutputStream out;
        try (var _ = run.answerWithin(timeout)) {
            out = files.write(path, offset);
        }
        return new FilterOutputStream(out) {
            @Override
            public void write(int b) throws IOException {
                does(() -> out.write(b));
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                does(() -> out.write(bytes, offset, length));
            }

            @Override
            public void close() throws IOException {
                does(out::close);
            }
        };
    }

    @Override
    public void rename(String from, String to, boolean replace) throws IOException {
        does(() -> files.rename(from, to, replace));
    }

    @Override
    public void remove(String path) throws IOException {
        does(() -> files.remove(path));
    }

    @Override
    public void permissions(String path, int mode) throws IOException {
        does(() -> files.permissions(path, mode));
    }

    @Override
    public @Nullable String sha256(String path) throws IOException {
        // A server reads all of a large file before it answers: the total timeout is what bounds it.
        return files.sha256(path);
    }

    @Override
    public @Nullable Long freeSpace(String directory) throws IOException {
        try (var _ = run.answerWithin(timeout)) {
            return files.freeSpace(directory);
        }
    }

    private interface Doing {
        void run() throws IOException;
    }

    private void does(Doing doing) throws IOException {
        try (var _ = run.answerWithin(timeout)) {
            doing.run();
        }
    }
}
