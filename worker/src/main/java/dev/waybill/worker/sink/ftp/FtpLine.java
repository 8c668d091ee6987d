package dev.waybill.worker.sink.ftp;

import dev.waybill.worker.sink.tls.TlsTrust;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPSClient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jsse.BCSSLSocket;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;

/// Commons Net's clients on a socket that the dialer made. Their data connections always go to the address of
/// the control connection, whatever the server says.
final class FtpLine {

    private FtpLine() {}

    /// A control connection, until the server has greeted and TLS is on.
    ///
    /// @param implicit whether TLS begins with the first byte
    static FTPSClient secure(Socket socket, String host, boolean implicit, TlsTrust trust, Duration answer)
            throws IOException {
        try {
            SSLContext context =
                    SSLContext.getInstance("TLS", new BouncyCastleJsseProvider(new BouncyCastleProvider()));
            context.init(null, managers(trust), null);
            Secure line = new Secure(implicit, context);
            configure(line, answer);
            line.attach(socket, host);
            return line;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JVM cannot secure connections", e);
        }
    }

    /// The JVM's own managers judge certificates, so that everything secured trusts and refuses the same.
    private static TrustManager[] managers(TlsTrust trust) throws GeneralSecurityException {
        TrustManager[] given = trust.managers();
        if (given != null) {
            return given;
        }
        TrustManagerFactory system = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        system.init((KeyStore) null);
        return system.getTrustManagers();
    }

    /// A control connection without TLS, until the server has greeted.
    static FTPClient plain(Socket socket, String host, Duration answer) throws IOException {
        Plain line = new Plain();
        configure(line, answer);
        line.attach(socket, host);
        return line;
    }

    private static void configure(FTPClient line, Duration answer) {
        int millis = (int) Math.min(Integer.MAX_VALUE, answer.toMillis());
        line.setControlEncoding(StandardCharsets.UTF_8);
        line.setUseEPSVwithIPv4(true);
        line.setIpAddressFromPasvResponse(false);
        line.setConnectTimeout(millis);
        line.setDefaultTimeout(millis);
        line.setDataTimeout(answer);
    }

    private static final class Plain extends FTPClient {

        private void attach(Socket socket, String host) throws IOException {
            _socket_ = socket;
            _hostname_ = host;
            _connectAction_();
            _controlInput_ = new ReplyReader(_controlInput_);
            enterLocalPassiveMode();
        }
    }

    /// Its data connections resume the TLS session of the control connection, which servers ask for as the
    /// proof that both are the same client's.
    ///
    /// TLS is Bouncy Castle's and of version 1.2: the JDK's does not let a session be chosen, and ProFTPD 1.3.8
    /// does not take TLS 1.3's for the same.
    private static final class Secure extends FTPSClient {

        private static final String[] PROTOCOLS = {"TLSv1.2"};

        private Secure(boolean implicit, SSLContext context) {
            super(implicit, context);
            setEnabledProtocols(PROTOCOLS);
            setEndpointCheckingEnabled(true);
        }

        private void attach(Socket socket, String host) throws IOException {
            _socket_ = socket;
            _hostname_ = host;
            _connectAction_();
            _controlInput_ = new ReplyReader(_controlInput_);
            enterLocalPassiveMode();
        }

        @Override
        protected void _prepareDataSocket_(Socket data) {
            if (data instanceof BCSSLSocket resuming && _socket_ instanceof BCSSLSocket control) {
                resuming.setBCSessionToResume(control.getBCSession());
                // A name is checked on the control connection; this one is opened to its address.
                resuming.setHost(_hostname_);
            }
        }
    }
}
