/// Secrets from Kafka ConfigProviders, and the directory they are kept in by default.
@NullMarked
package dev.waybill.worker.sink.secret;

import org.jspecify.annotations.NullMarked;
