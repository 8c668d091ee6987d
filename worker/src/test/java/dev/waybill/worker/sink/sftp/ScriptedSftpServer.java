package dev.waybill.worker.sink.sftp;

import dev.waybill.worker.sink.transfer.TransferContractTest;
import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.apache.sshd.sftp.server.AbstractSftpEventListenerAdapter;
import org.apache.sshd.sftp.server.Handle;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.jspecify.annotations.Nullable;

/// MINA's server on a directory, which can refuse to write files, or fall silent or break off when a file is to
/// get its name.
final class ScriptedSftpServer implements TransferContractTest.Peer {

    static final String USER = "waybill";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final KeyPair HOST_KEY = ecdsa();

    private final Path root;
    private final SshServer server = SshServer.setUpDefaultServer();
    private final CountDownLatch released = new CountDownLatch(1);
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final AtomicInteger channels = new AtomicInteger();
    private volatile String password = "secret";
    private volatile @Nullable PublicKey clientKey;
    private volatile int refusal;
    private volatile boolean refusesOnce;
    private volatile Predicate<String> refusedNames = _ -> false;
    private volatile boolean hangs;
    private volatile @Nullable CyclicBarrier breaks;

    private ScriptedSftpServer(Path root) {
        this.root = root;
    }

    static ScriptedSftpServer start(Path root) throws IOException {
        ScriptedSftpServer scripted = new ScriptedSftpServer(root);
        SshServer server = scripted.server;
        server.setHost("127.0.0.1");
        server.setPort(0);
        server.setKeyPairProvider(KeyPairProvider.wrap(HOST_KEY));
        server.setPasswordAuthenticator((user, given, _) -> user.equals(USER) && given.equals(scripted.password));
        server.setPublickeyAuthenticator(
                (user, key, _) -> user.equals(USER) && KeyUtils.compareKeys(key, scripted.clientKey));
        server.setFileSystemFactory(new VirtualFileSystemFactory(root));
        CoreModuleProperties.AUTH_TIMEOUT.set(server, PATIENCE);
        SftpSubsystemFactory sftp = new SftpSubsystemFactory();
        sftp.addSftpEventListener(scripted.new Script());
        server.setSubsystemFactories(List.of(sftp));
        server.start();
        return scripted;
    }

    static KeyPair ecdsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int port() {
        return server.getPort();
    }

    Path root() {
        return root;
    }

    /// As a destination's setting has it.
    static String hostKey() {
        return KeyUtils.getKeyType(HOST_KEY) + " " + KeyUtils.getFingerPrint(HOST_KEY.getPublic());
    }

    int channels() {
        return channels.get();
    }

    @Override
    public void acceptPassword(String other) {
        password = other;
    }

    void acceptKey(PublicKey key) {
        clientKey = key;
    }

    /// Lets in by these ways only, such as `publickey,password` for both of them.
    void askFor(String methods) {
        CoreModuleProperties.AUTH_METHODS.set(server, methods);
    }

    /// Encrypts nothing, and nothing else is to be had.
    void encryptNothing() {
        server.setCipherFactories(List.of(BuiltinCiphers.none));
    }

    /// Offers no extensions, like servers that are not OpenSSH's.
    void offerNoExtensions() {
        SftpModuleProperties.OPENSSH_EXTENSIONS.set(server, "");
        SftpModuleProperties.CLIENT_EXTENSIONS.set(server, "");
    }

    /// Answers with the status when a file is to be written.
    ///
    /// @param once for each name, and takes it the second time
    void refuse(int status, boolean once, Predicate<String> names) {
        refusal = status;
        refusesOnce = once;
        refusedNames = names;
    }

    @Override
    public void refuse(boolean forNow, String prefix) {
        refuse(
                forNow ? SftpConstants.SSH_FX_FAILURE : SftpConstants.SSH_FX_PERMISSION_DENIED,
                forNow,
                name -> name.startsWith(prefix));
    }

    /// Does not answer when a file is to get its name.
    @Override
    public void hangAtRename() {
        hangs = true;
    }

    /// Breaks off after so many files have got their name, before it says so.
    @Override
    public void breakAfterRenames(int files) {
        breaks = new CyclicBarrier(files);
    }

    /// Ends all sessions.
    void endSessions() {
        server.getActiveSessions().forEach(session -> session.close(true));
    }

    @Override
    public void close() throws IOException {
        released.countDown();
        server.stop(true);
    }

    private final class Script extends AbstractSftpEventListenerAdapter {

        @Override
        public void initialized(ServerSession session, int version) {
            channels.incrementAndGet();
        }

        @Override
        public void opening(ServerSession session, String remoteHandle, Handle local) throws IOException {
            String name = local.getFile().getFileName().toString();
            if (refusal != 0 && !Files.isDirectory(local.getFile()) && refusedNames.test(name)) {
                if (!refusesOnce || refused.add(name)) {
                    throw new SftpException(refusal, "no");
                }
            }
        }

        @Override
        public void moving(ServerSession session, Path from, Path to, Collection<CopyOption> options)
                throws IOException {
            if (hangs) {
                try {
                    boolean _ = released.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        }

        @Override
        public void moved(
                ServerSession session, Path from, Path to, Collection<CopyOption> options, @Nullable Throwable thrown)
                throws IOException {
            CyclicBarrier all = breaks;
            if (all != null) {
                try {
                    all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IOException(e);
                }
                session.close(true);
            }
        }
    }
}
