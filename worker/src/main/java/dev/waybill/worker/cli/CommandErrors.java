package dev.waybill.worker.cli;

import dev.waybill.worker.config.InvalidConfigurationException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/// Turns what a command throws into a line for people and an exit code.
public final class CommandErrors implements CommandLine.IExecutionExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(CommandErrors.class);

    @Override
    public int handleExecutionException(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        var err = command.getErr();
        return switch (e) {
            case InvalidConfigurationException invalid -> {
                invalid.faults().forEach(fault -> err.println("waybill: " + fault));
                yield Exit.USAGE;
            }
            case CommandException failed -> {
                err.println("waybill: " + failed.getMessage());
                yield failed.exitCode();
            }
            case ConfigException wrong -> {
                err.println("waybill: " + message(wrong));
                yield Exit.USAGE;
            }
            case KafkaException kafka -> {
                err.println("waybill: bootstrap.servers: " + message(kafka));
                yield Exit.MISSING;
            }
            default -> {
                LOG.debug("the command failed", e);
                err.println("waybill: " + message(e));
                yield Exit.FAILED;
            }
        };
    }

    private static String message(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
