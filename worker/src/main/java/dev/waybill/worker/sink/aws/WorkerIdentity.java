package dev.waybill.worker.sink.aws;

import java.util.Collection;
import java.util.Set;

/// Whose destinations may use the worker's own identity at AWS: its profile, container or web identity, be it directly
/// or to assume a role. Nobody's, unless the operator says so: anyone who can write a destination could do with it what
/// the worker may do.
public final class WorkerIdentity {

    private static final String EVERYONE = "*";

    private final Set<String> organizations;

    /// @param organizations their ids; `*` stands for all
    public WorkerIdentity(Collection<String> organizations) {
        this.organizations = Set.copyOf(organizations);
    }

    /// Nobody's.
    public static WorkerIdentity none() {
        return new WorkerIdentity(Set.of());
    }

    boolean isFor(String organization) {
        return organizations.contains(EVERYONE) || organizations.contains(organization);
    }
}
