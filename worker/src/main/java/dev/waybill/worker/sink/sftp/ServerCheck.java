package dev.waybill.worker.sink.sftp;

import java.net.SocketAddress;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/// Checks the key of one server, and remembers which one it showed. A connection carries it with it from its
/// beginning, because MINA begins to negotiate before anybody has the session in hand.
final class ServerCheck {

    static final AttributeKey<ServerCheck> KEY = new AttributeKey<>();

    private final HostKeys known;
    private volatile @Nullable String type;
    private volatile @Nullable String fingerprint;
    private volatile boolean accepted;
    private volatile boolean negotiable = true;

    ServerCheck(HostKeys known) {
        this.known = known;
    }

    /// What a connection is made with.
    AttributeRepository context() {
        return AttributeRepository.ofKeyValuePair(KEY, this);
    }

    private boolean accepts(PublicKey key) {
        ByteArrayBuffer encoded = new ByteArrayBuffer();
        encoded.putRawPublicKey(key);
        String shown = HostKeys.fingerprint(encoded.getCompactData());
        type = KeyUtils.getKeyType(key);
        fingerprint = shown;
        accepted = known.accepts(shown);
        return accepted;
    }

    /// Whether the server showed a key, and another one than is known.
    boolean isMismatch() {
        return fingerprint != null && !accepted;
    }

    /// Whether the server has no key of a type that is known.
    boolean hasNoSuchKey() {
        return !negotiable;
    }

    boolean isAccepted() {
        return accepted;
    }

    /// Type and fingerprint of what the server showed.
    String seen() {
        return type + " " + fingerprint;
    }

    private static @Nullable ServerCheck of(Session session) {
        AttributeRepository context = session instanceof ClientSession client ? client.getConnectionContext() : null;
        return context == null ? null : context.getAttribute(KEY);
    }

    /// For all sessions of a client; one that carries no check accepts nothing.
    static ServerKeyVerifier verifier() {
        return (ClientSession session, SocketAddress _, PublicKey key) -> {
            ServerCheck check = of(session);
            return check != null && check.accepts(key);
        };
    }

    /// For all sessions of a client: asks for the keys that are known.
    static SessionListener negotiator() {
        return new SessionListener() {
            @Override
            public void sessionNegotiationOptionsCreated(Session session, Map<KexProposalOption, String> proposal) {
                ServerCheck check = of(session);
                String offered = proposal.get(KexProposalOption.SERVERKEYS);
                if (check != null && offered != null) {
                    List<String> wanted = check.known.algorithms(List.of(offered.split(",")));
                    if (!wanted.isEmpty()) {
                        proposal.put(KexProposalOption.SERVERKEYS, String.join(",", wanted));
                    }
                }
            }

            @Override
            public void sessionNegotiationEnd(
                    Session session,
                    Map<KexProposalOption, String> client,
                    Map<KexProposalOption, String> server,
                    Map<KexProposalOption, String> negotiated,
                    @Nullable Throwable reason) {
                ServerCheck check = of(session);
                String ours = client == null ? null : client.get(KexProposalOption.SERVERKEYS);
                String theirs = server == null ? null : server.get(KexProposalOption.SERVERKEYS);
                if (check != null && ours != null && theirs != null) {
                    List<String> there = List.of(theirs.split(","));
                    check.negotiable = List.of(ours.split(",")).stream().anyMatch(there::contains);
                }
            }
        };
    }
}
