package dev.waybill.worker.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import dev.waybill.worker.config.TelemetrySettings;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/// How the process logs.
public final class Logging {

    private static final String PATTERN =
            "%" + LocalTimestamp.WORD + " %-5level %logger{0} [%thread] %msg %kvp{NONE}%n%ex";

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

    /// Their warnings are about what is as it should be (settings of another client in the same map, a standby
    /// that one worker alone cannot have, a partition that was just given back), or about what an attempt's
    /// outcome says already.
    private static final List<String> MISLEADING = List.of(
            "org.apache.kafka.clients.producer.ProducerConfig",
            "org.apache.kafka.clients.consumer.ConsumerConfig",
            "org.apache.kafka.clients.admin.AdminClientConfig",
            "org.apache.kafka.common.config.AbstractConfig",
            "org.apache.kafka.clients.consumer.internals.OffsetFetcherUtils",
            "org.apache.kafka.streams.processor.internals.assignment.DefaultStandbyTaskAssignor",
            "org.apache.kafka.streams.processor.internals.StateDirectory",
            "org.apache.sshd");

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
        MISLEADING.forEach(name -> context.getLogger(name).setLevel(Level.ERROR));
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, TelemetrySettings.LogFormat format) {
        Encoder<ILoggingEvent> encoder = switch (format) {
            case JSON -> new JsonLines();
            case TEXT -> {
                PatternLayout layout = new PatternLayout();
                layout.getInstanceConverterMap().put(LocalTimestamp.WORD, LocalTimestamp::new);
                layout.setPattern(PATTERN);
                layout.setContext(context);
                layout.start();
                LayoutWrappingEncoder<ILoggingEvent> text = new LayoutWrappingEncoder<>();
                text.setLayout(layout);
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
