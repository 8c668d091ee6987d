package dev.waybill.worker.pool;

import org.jspecify.annotations.Nullable;

/// A caller's part of a connection, until it is closed: one that others use, too, or a [Lease] of its own.
public final class Share<K, C extends Pooled> implements AutoCloseable {

    private final C connection;
    private final boolean joined;
    private final @Nullable Lease<K, C> lease;
    private final SharingGroup<K, C>.@Nullable Member member;

    private Share(
            C connection, boolean joined, @Nullable Lease<K, C> lease, SharingGroup<K, C>.@Nullable Member member) {
        this.connection = connection;
        this.joined = joined;
        this.lease = lease;
        this.member = member;
    }

    static <K, C extends Pooled> Share<K, C> exclusive(C connection, boolean joined, Lease<K, C> lease) {
        return new Share<>(connection, joined, lease, null);
    }

    static <K, C extends Pooled> Share<K, C> of(C connection, boolean joined, SharingGroup<K, C>.Member member) {
        return new Share<>(connection, joined, null, member);
    }

    public C connection() {
        return connection;
    }

    /// Whether the connection was there before, so that a failure may be an old one.
    public boolean joined() {
        return joined;
    }

    /// The place, if nobody shares it; null if others may.
    public @Nullable Lease<K, C> lease() {
        return lease;
    }

    /// Gives it back. A shared connection stays with the others, or in the pool if this was the last.
    @Override
    public void close() {
        if (member != null) {
            member.leave();
        } else if (lease != null) {
            lease.close();
        }
    }
}
