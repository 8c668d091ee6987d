package dev.waybill.worker.sink.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Turns a host name into addresses; may block for as long as the system's resolver does.
@FunctionalInterface
public interface NameResolver {

    List<InetAddress> resolve(String host) throws UnknownHostException;

    /// The resolver of the machine, behind the JVM's cache (`networkaddress.cache.ttl`).
    static NameResolver system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
