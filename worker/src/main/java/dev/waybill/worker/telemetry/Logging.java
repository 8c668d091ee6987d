package dev.waybill.worker.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.waybill.worker.config.TelemetrySettings;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/// How the process logs.
public final class Logging {

    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} [%thread] %msg %kvp{NONE}%n%ex";

    /// Libraries that write pages at info; their warnings are wanted.
    private static final List<String> TALKATIVE = List.of(
            "org.apache.kafka",
            "kafka",
            "org.eclipse.jetty",
            "io.javalin",
            "org.flywaydb",
            "org.jooq",
            "io.netty",
            "reactor",
            "io.zonky",
            "org.apache.hc");

    private Logging() {}

    /// To standard output, as configured.
    public static void toConsole(TelemetrySettings settings) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        apply(console, settings);
    }

    /// To a file, for a process whose terminal shows something else.
    public static void toFile(TelemetrySettings settings, Path file) {
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setFile(file.toString());
        apply(appender, settings);
    }

    private static void apply(OutputStreamAppender<ILoggingEvent> appender, TelemetrySettings settings) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        appender.setContext(context);
        appender.setEncoder(encoder(context, settings.logFormat()));
        appender.start();
        Level level = Level.toLevel(settings.logLevel());
        root(context).setLevel(level);
        root(context).addAppender((Appender<ILoggingEvent>) appender);
        if (level == Level.INFO) {
            TALKATIVE.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
        }
        // It warns of every setting that belongs to another client than the one that reads it.
        context.getLogger("org.apache.kafka.clients.producer.ProducerConfig").setLevel(Level.ERROR);
        context.getLogger("org.apache.kafka.clients.consumer.ConsumerConfig").setLevel(Level.ERROR);
        context.getLogger("org.apache.kafka.clients.admin.AdminClientConfig").setLevel(Level.ERROR);
        context.getLogger("org.apache.kafka.common.config.AbstractConfig").setLevel(Level.ERROR);
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, TelemetrySettings.LogFormat format) {
        Encoder<ILoggingEvent> encoder = switch (format) {
            case JSON -> new JsonLines();
            case TEXT -> {
                PatternLayoutEncoder text = new PatternLayoutEncoder();
                text.setPattern(PATTERN);
                yield text;
            }
        };
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static Logger root(LoggerContext context) {
        return context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
