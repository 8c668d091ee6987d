package dev.waybill.worker.sink.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/// Decides where the worker may connect to. Everyone who can write a destination's settings chooses a host, and
/// must not reach the worker's own network with it.
///
/// It resolves the name itself and returns the addresses it has checked: whoever connects must use exactly
/// these, because the next answer of the name server may be another one. [Dialer] does so for all providers.
public final class EgressGuard {

    private final List<AllowRule> rules;
    private final NameResolver resolver;

    /// Makes a guard.
    ///
    /// @param allow what may be reached beside public addresses: CIDR blocks, `host`, `host:port`, `*.domain`
    /// @throws IllegalArgumentException if an entry is none of these
    public EgressGuard(List<String> allow, NameResolver resolver) {
        this.rules = allow.stream().map(AllowRule::parse).toList();
        this.resolver = resolver;
    }

    /// The addresses of a host that may be connected to, at least one. Blocks as long as the resolver does.
    ///
    /// @throws DialException if the name does not resolve, or to nothing that is allowed
    public List<InetAddress> resolve(String host, int port) throws DialException {
        String name = AllowRule.canonical(host);
        List<InetAddress> allowed = new ArrayList<>();
        String refused = "";
        for (InetAddress address : lookUp(name)) {
            String special = SpecialAddresses.name(address.getAddress()).orElse("");
            if (special.isEmpty() || isAllowed(name, port, address.getAddress())) {
                allowed.add(address);
            } else {
                refused = special;
            }
        }
        if (allowed.isEmpty()) {
            // The address itself stays untold: it would let anyone who can write a destination read our name
            // server.
            throw new DialException(
                    DialException.Failure.DENIED,
                    name + " is a " + refused + " address, which egress.allow does not permit",
                    null);
        }
        return allowed;
    }

    private boolean isAllowed(String name, int port, byte[] address) {
        byte[] translated = SpecialAddresses.translated(address);
        for (AllowRule rule : rules) {
            if (rule.allows(name, port, address) || rule.allows(name, port, translated)) {
                return true;
            }
        }
        return false;
    }

    private List<InetAddress> lookUp(String name) throws DialException {
        try {
            List<InetAddress> addresses = resolver.resolve(name);
            if (!addresses.isEmpty()) {
                return addresses;
            }
        } catch (UnknownHostException e) {
            throw new DialException(DialException.Failure.NAME_NOT_FOUND, name + " does not resolve", e);
        }
        throw new DialException(DialException.Failure.NAME_NOT_FOUND, name + " has no address", null);
    }
}
