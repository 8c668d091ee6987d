package dev.waybill.worker.ops;

import dev.waybill.worker.config.ApiSettings;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server of health, metrics and REST. Every error is a problem document.
public final class RestServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);

    /// Idle connections are dropped after this; a slow sender of a body too.
    private static final long IDLE_MILLIS = 30_000;

    private final Javalin javalin;
    private final ApiSettings settings;

    /// @param parts each registers its own paths
    public RestServer(ApiSettings settings, List<Consumer<RoutesConfig>> parts) {
        this.settings = settings;
        this.javalin = Javalin.create(config -> {
            configure(config, settings);
            problems(config.routes);
            config.routes.before(context -> refuseRebinding(context, settings.host()));
            parts.forEach(part -> part.accept(config.routes));
        });
    }

    private static void configure(JavalinConfig config, ApiSettings settings) {
        config.concurrency.useVirtualThreads = true;
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.maxRequestSize = settings.requestMax();
        config.http.prefer405over404 = true;
        config.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            http.setIdleTimeout(IDLE_MILLIS);
        });
        config.jetty.addConnector((server, http) -> {
            ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
            connector.setHost(settings.host());
            connector.setPort(settings.port());
            connector.setIdleTimeout(
                    Math.max(IDLE_MILLIS, settings.requestTimeout().toMillis() + IDLE_MILLIS));
            return connector;
        });
    }

    private static void problems(RoutesConfig routes) {
        routes.exception(
                ProblemException.class,
                (e, context) -> Json.problem(context, e.status(), String.valueOf(e.getMessage()), e.faults()));
        routes.exception(HttpResponseException.class, (e, context) -> {
            HttpStatus status = HttpStatus.forStatus(e.getStatus());
            String detail = status == HttpStatus.NOT_FOUND ? "there is nothing at this path" : status.getMessage();
            Json.problem(context, status, detail, List.of());
        });
        routes.exception(
                UnavailableException.class,
                (e, context) -> Json.problem(
                        context, HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()), List.of()));
        routes.exception(Exception.class, (e, context) -> {
            LOG.error("{} {} failed", context.method(), context.path(), e);
            Json.problem(
                    context,
                    HttpStatus.INTERNAL_SERVER_ERROR,
                    "an error of the worker; its log has the details",
                    List.of());
        });
    }

    /// A web page can make a browser resolve a name of its own to this machine; it cannot choose the `Host` header.
    private static void refuseRebinding(Context context, String bound) {
        if (isLoopback(bound) && !isLoopback(hostOnly(context.header("Host")))) {
            throw new ProblemException(
                    HttpStatus.FORBIDDEN, "this worker listens on loopback: call it as 127.0.0.1 or localhost");
        }
    }

    private static String hostOnly(@Nullable String host) {
        if (host == null) {
            return "localhost";
        }
        return host.startsWith("[") ? host.substring(1, host.indexOf(']')) : host.replaceFirst(":\\d+$", "");
    }

    private static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            // Only addresses are looked at, so that no name is resolved.
            return host.matches("[0-9.]+|[0-9a-fA-F:]+")
                    && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }

    public void start() {
        javalin.start();
    }

    /// The port it listens on.
    public int port() {
        return javalin.port();
    }

    public String url() {
        return "http://" + settings.host() + ":" + port();
    }

    @Override
    public void close() {
        javalin.stop();
    }
}
